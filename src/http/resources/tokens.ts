import * as z from 'zod';
import { type Grant, isWhole, SCOPES } from '../../access/grant.ts';
import { makeToken, MAX_NAME_LENGTH, NAMESPACE, parseLength } from '../../access/new-token.ts';
import { tokenReport } from '../../export/tokens.ts';
import { readJson } from '../json-body.ts';
import { text } from '../parameters.ts';
import { Problem } from '../problems.ts';
import { json, resource } from '../resource.ts';

const TIME = z.string().nullable();
const TOKEN = {
  id: z.string(),
  name: z.string(),
  state: z.enum(['valid', 'revoked', 'expired']),
  scopes: z.array(z.enum(SCOPES)),
  services: z.array(z.string()).nullable().meta({ description: 'Patterns of names; null: all services.' }),
  namespace: z.string().nullable(),
  createdAt: z.string(),
  expiresAt: TIME,
  lastUsedAt: TIME,
  revokedAt: TIME,
};

/** All tokens. */
export const tokens = resource({
  method: 'GET',
  scope: 'admin',
  path: '/api/v1/tokens',
  summary: 'The tokens, the newest first: never a secret',
  params: z.object({}),
  query: z.object({}),
  response: z.strictObject({ tokens: z.array(z.strictObject(TOKEN)) }),
  async answer({ grant, services }) {
    requireWhole(grant);
    const { now, tokens: all } = await services.records.tokens();
    return json({ tokens: all.map((token) => tokenReport(token, now)) });
  },
});

const MAX_PATTERNS = 100;
const MAX_PATTERN = 200;

const WISH = z.strictObject({
  name: z.string().trim().min(1).max(MAX_NAME_LENGTH),
  scopes: z.array(z.enum(SCOPES)).min(1).default(['read']),
  services: z.array(z.string().min(1).max(MAX_PATTERN)).min(1).max(MAX_PATTERNS).optional(),
  namespace: z
    .string()
    .regex(NAMESPACE, { error: 'it should be letters, digits, dots, hyphens: at most 50' })
    .optional(),
  expires: z
    .string()
    .refine((length) => parseLength(length) !== undefined, {
      error: 'it should be a time such as 90d or 12h',
    })
    .optional()
    .meta({ description: 'After this time: 90d, 12h. It does not end if absent.' }),
});

/** Makes one. */
export const addToken = resource({
  method: 'POST',
  scope: 'admin',
  path: '/api/v1/tokens',
  summary: 'Makes a token: its secret is in this answer, and nowhere else',
  params: z.object({}),
  query: z.object({}),
  body: { 'application/json': WISH },
  response: z.strictObject({ secret: z.string(), ...TOKEN }),
  async answer({ grant, services, body, requestId }) {
    requireWhole(grant);
    const { expires, namespace = '', ...wish } = await readJson(WISH, body);
    const validForMs = expires === undefined ? undefined : parseLength(expires);
    const { secret, token } = await makeToken(services.records, { ...wish, namespace, validForMs });
    const { id, name, scopes } = token;
    services.log.warn({ requestId, by: grant.name, id, name, scopes, namespace }, 'a token was made');
    return json({ secret, ...tokenReport(token, token.createdAt) });
  },
});

/** Revokes one. */
export const revokeToken = resource({
  method: 'DELETE',
  scope: 'admin',
  path: '/api/v1/tokens/{id}',
  summary: 'Revokes a token: within five seconds no server takes it any more',
  params: z.object({ id: text() }),
  query: z.object({}),
  response: z.strictObject({ revoked: z.literal(true) }),
  async answer({ grant, services, params: { id }, requestId }) {
    requireWhole(grant);
    if (!/^[\w-]{1,36}$/.test(id) || !(await services.records.revokeToken(id)))
      throw new Problem('NO_RECORD', 'There is no such token, or it is revoked already.');
    services.log.warn({ requestId, by: grant.name, id }, 'a token was revoked');
    return json({ revoked: true });
  },
});

function requireWhole(grant: Grant): void {
  if (isWhole(grant)) return;
  throw new Problem('SCOPE', `Tokens are for who may see all services, which ${grant.name} may not.`);
}
