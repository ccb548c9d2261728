import * as z from 'zod';
import { entryId } from '../../logs/entry-id.ts';
import { receiveJson } from '../intake/json-body.ts';
import { MAX_KEYS, type Outcome } from '../intake/receive.ts';
import { text } from '../parameters.ts';
import { Problem } from '../problems.ts';
import { type Asked as AskedOf, json, resource } from '../resource.ts';
import { waitUntilStored } from '../stored-wait.ts';
import { tallied } from '../tally.ts';

const REFUSED = z.strictObject({
  place: z.int().meta({ description: 'Which record of the request it is, from 0.' }),
  code: z.string(),
  reason: z.string(),
});

const RECORD = z
  .looseObject({
    service_name: z.string().optional(),
    payload: z.string().optional(),
    severity: z.string().optional(),
    timestamp: z.string().optional(),
    tags: z.looseObject({}).optional(),
  })
  .meta({ description: 'Ours, or of any format that docs/formats.md lists.' });

const QUERY = z.object({
  service: text().optional().meta({ description: 'The service of records that name none.' }),
  time_field: text().optional().meta({ description: 'The member that has the time; `a.b` is b in a.' }),
  msg_field: text().optional().meta({ description: 'The member that has the text.' }),
  level_field: text().optional().meta({ description: 'The member that has the severity.' }),
});

type Asked = AskedOf<z.output<z.ZodObject>, z.output<typeof QUERY>>;

/** Takes entries in. With `Prefer: wait`, and few of them, it answers 201 once they are stored. */
export const postEntries = resource({
  method: 'POST',
  scope: 'write',
  path: '/api/v1/entries',
  summary: 'Take in one entry, an array of them, or one a line, however many',
  params: z.object({}),
  query: QUERY,
  body: {
    'application/json': z.union([RECORD, z.array(RECORD)]),
    'application/x-ndjson': z.string().meta({ description: 'A record a line.' }),
  },
  statuses: [
    { status: 202, when: 'Pub/Sub has confirmed it: it will be stored' },
    { status: 201, when: 'All of it is stored: asked for by `Prefer: wait=<seconds>`' },
  ],
  response: z.strictObject({
    accepted: z.int().meta({ description: 'Entries that Pub/Sub has confirmed: they will be stored.' }),
    rejected: z.int().meta({ description: 'Records that cannot be stored: they are dead letters.' }),
    denied: z.int().meta({ description: 'Records of services that the token may not write.' }),
    ids: z
      .array(z.string())
      .meta({ description: `Of the entries, in order, if they are ${MAX_KEYS} at most.` }),
    refused: z.array(REFUSED).meta({ description: 'The first 100 records that were not taken.' }),
  }),
  answer: tallied('entries', async (request: Asked, tally) => {
    const { service, time_field: time, msg_field: message, level_field: level } = request.query;
    const isMapped = (time ?? message ?? level) !== undefined;
    const reading = {
      service: service ?? request.services.defaultService,
      mapping: isMapped ? { time, message, level } : undefined,
    };
    const scope = ['entries', JSON.stringify(request.query)];
    const { answer, keys } = await receiveJson(request, reading, { scope, tally, answer: answerOf });
    if (keys.length === 0) return answer;
    const { isStored, headers } = await waitUntilStored(keys, request);
    return { ...answer, ...(isStored === true && { status: 201 }), headers };
  }),
});

function answerOf(outcome: Outcome) {
  const { accepted, rejected, denied, keys, refused } = outcome;
  const [first] = refused;
  if (accepted > 0 || first === undefined)
    return json({ accepted, rejected, denied, ids: keys.map(entryId), refused }, 202);
  const code = rejected === 0 ? 'SCOPE' : 'RECORDS';
  throw new Problem(code, `No record was taken. The first: ${first.reason}`, { refused });
}
