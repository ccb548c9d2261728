import * as z from 'zod';
import { type Grant, SCOPES } from '../../access/grant.ts';
import { credentialsOf, sessionCookie } from '../credentials.ts';
import { json, resource } from '../resource.ts';

const PATH = '/api/v1/session';
const NOTHING = { params: z.object({}), query: z.object({}) };

const WHO = z.strictObject({
  name: z.string().meta({ description: 'Of the token, or of whom a trusted proxy names.' }),
  scopes: z.array(z.enum(SCOPES)),
  services: z.array(z.string()).nullable().meta({ description: 'Patterns of names; null: all.' }),
});

/** Who asks. */
export const session = resource({
  ...NOTHING,
  method: 'GET',
  scope: 'read',
  path: PATH,
  summary: 'Who asks, and what he may',
  response: WHO,
  answer: ({ grant }) => Promise.resolve(json(who(grant))),
});

/** A browser that shows a token here has it as a cookie from then on. */
export const beginSession = resource({
  ...NOTHING,
  method: 'POST',
  scope: 'read',
  path: PATH,
  summary:
    'Begins a session of a browser: the token of this request becomes a cookie that no script can read',
  response: WHO,
  answer({ grant, headers, isSecure }) {
    const secret = credentialsOf(headers)?.secret;
    const cookie = secret === undefined ? undefined : { 'set-cookie': sessionCookie(secret, isSecure) };
    return Promise.resolve({ ...json(who(grant)), ...(cookie && { headers: cookie }) });
  },
});

/** The cookie goes; the token stays. */
export const endSession = resource({
  ...NOTHING,
  method: 'DELETE',
  path: PATH,
  summary: 'Ends a session of a browser',
  response: z.strictObject({ ended: z.literal(true) }),
  answer({ isSecure }) {
    const headers = { 'set-cookie': sessionCookie(undefined, isSecure) };
    return Promise.resolve({ ...json({ ended: true }), headers });
  },
});

function who({ name, scopes, services }: Grant): z.output<typeof WHO> {
  return { name, scopes: [...scopes], services: services === undefined ? null : [...services] };
}
