import * as z from 'zod';
import { workersReport } from '../../export/workers.ts';
import { PROCESS_STATES } from '../../query/answers/processes.ts';
import { json, resource } from '../resource.ts';

const TIME = z.string().nullable();

/** Log entries since it started: absent of one that receives nothing. */
const LEDGER = {
  messages: z
    .int()
    .optional()
    .meta({ description: 'That the subscription delivered; the rest counts entries.' }),
  received: z.int().optional(),
  stored: z.int().optional(),
  duplicates: z.int().optional(),
  deadLettered: z.int().optional(),
  discarded: z.int().optional().meta({ description: 'Not kept, as the setting DISCARD says.' }),
  released: z.int().optional(),
  held: z.int().optional(),
};

/** The workers, as they last told the database. */
export const workers = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/workers',
  summary: 'The workers that were seen within a day, and up to when all is stored',
  params: z.object({}),
  query: z.object({}),
  response: z.strictObject({
    now: z.string().meta({ description: 'The clock of the database.' }),
    storedUpTo: z.strictObject({ kind: z.enum(['running', 'stopped', 'unknown']), at: TIME }),
    workers: z.array(
      z.looseObject({
        id: z.string(),
        host: z.string(),
        pid: z.int(),
        release: z.string(),
        state: z.enum([...PROCESS_STATES, 'silent']),
        startedAt: z.string(),
        seenAt: z.string(),
        lastFlushAt: TIME,
        heldMessages: z.int(),
        heldBytes: z.int(),
        oldestHeldAt: TIME,
        lagMs: z.number().nullable(),
        ...LEDGER,
      }),
    ),
  }),
  async answer({ ask }) {
    return json(workersReport(await ask(({ reader, signal }) => reader.processes(signal))));
  },
});
