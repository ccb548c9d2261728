import * as z from 'zod';
import { rfc3339 } from '../../logs/entry-json.ts';
import { readJson } from '../json-body.ts';
import { text } from '../parameters.ts';
import { Problem } from '../problems.ts';
import { readQuestion } from '../question.ts';
import { json, resource } from '../resource.ts';

const PATH = '/api/v1/searches';
const MAX_NAME = 100;
const MAX_TIME = 100;
const ID = /^[\w.~-]{1,64}$/;
const PARAMS = z.object({
  id: text()
    .refine((id) => ID.test(id), { error: 'it should be 1 to 64 letters, digits or any of _ - . ~' })
    .meta({ description: 'Chosen by whoever saves it.' }),
});
const TIME = z.string().max(MAX_TIME).nullable();

/** The saved ones. */
export const searches = resource({
  method: 'GET',
  scope: 'read',
  path: PATH,
  summary: 'The saved searches, in the order of their names',
  params: z.object({}),
  query: z.object({}),
  response: z.strictObject({
    searches: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        q: z.string(),
        since: TIME,
        until: TIME,
        tz: z.string(),
        createdAt: z.string(),
      }),
    ),
  }),
  async answer({ grant, services }) {
    const found = await services.records.searches(grant.prefix);
    return json({
      searches: found.map(({ since = null, until = null, createdAt, ...rest }) => ({
        ...rest,
        since,
        until,
        createdAt: rfc3339(createdAt),
      })),
    });
  },
});

const SEARCH = z.strictObject({
  name: z.string().trim().min(1).max(MAX_NAME),
  q: z.string().default(''),
  since: TIME.default(null),
  until: TIME.default(null),
  tz: z.string().max(MAX_TIME).default('UTC'),
});

/** Saves one, which has to be a question that can be asked. */
export const saveSearch = resource({
  method: 'PUT',
  scope: 'write',
  path: `${PATH}/{id}`,
  summary: 'Saves a search, or changes the one of this id',
  params: PARAMS,
  query: z.object({}),
  body: { 'application/json': SEARCH },
  response: z.strictObject({ id: z.string() }),
  async answer({ params: { id }, body, nowMs, grant, services }) {
    const { name, q, tz, ...times } = await readJson(SEARCH, body);
    const [since, until] = [times.since ?? undefined, times.until ?? undefined];
    readQuestion({ q, since, until, tz }, nowMs);
    await services.records.putSearch(grant.prefix, { id, name, q, since, until, tz });
    return json({ id });
  },
});

/** Removes one. */
export const removeSearch = resource({
  method: 'DELETE',
  scope: 'write',
  path: `${PATH}/{id}`,
  summary: 'Removes a saved search',
  params: PARAMS,
  query: z.object({}),
  response: z.strictObject({ removed: z.literal(true) }),
  async answer({ params: { id }, grant, services }) {
    if (!(await services.records.removeSearch(grant.prefix, id)))
      throw new Problem('NO_RECORD', 'There is no saved search of this id.');
    return json({ removed: true });
  },
});
