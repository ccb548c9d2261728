import * as z from 'zod';
import type { ReceivedEvent } from '../live/follow.ts';
import type { StreamEvent } from '../live/sse.ts';
import type { FoundEntry, LogEntry, StoredEntry } from '../logs/entry.ts';
import { SEVERITIES } from '../logs/severity.ts';
import { PROCESS_STATES } from '../query/answers/processes.ts';
import { PLAN_KINDS, type Way, WORD_INDEX_USES } from '../query/answers/way.ts';

/** A time in RFC 3339 with microseconds or whole seconds, UTC: as a column holds it. */
const TIME = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/)
  .transform((time) => time.slice(0, -1).replace('T', ' '));
const ABSENT_TIME = TIME.nullable().transform((time) => time ?? undefined);

const KEY_COUNT = z
  .object({ service: z.string(), severity: z.enum(SEVERITIES), count: z.int() })
  .transform(({ service: serviceName, ...rest }) => ({ serviceName, ...rest }));

export const KEY_COUNTS = z.object({ counts: z.array(KEY_COUNT) });

export const MINUTES = z.object({
  counts: z.array(z.object({ minute: TIME }).and(KEY_COUNT)),
  end: ABSENT_TIME,
  countsRead: z.int(),
});

/** Releases before this one do not say which tag an index is of. */
export const INDEXES = z.object({
  indexes: z.array(z.object({ name: z.string(), tag: z.string().nullish() })),
});

const RANGE_COUNT = z.object({ range: z.int() }).and(KEY_COUNT);
export const RANGE_COUNTS = z.object({ counts: z.array(RANGE_COUNT) });
const RANGE_SUM = z
  .object({ range: z.int(), service: z.string(), severity: z.enum(SEVERITIES).nullable(), count: z.int() })
  .transform(({ service: serviceName, severity, ...rest }) => ({
    serviceName,
    severity: severity ?? undefined,
    ...rest,
  }));
export const RANGE_SUMS = z.object({ counts: z.array(RANGE_SUM).nullable() });

/** What an answer cost the server, as its header LMS-Cost has it. */
const COST = z
  .object({
    plan: z.enum(PLAN_KINDS),
    indexes: z.array(z.string()),
    missingIndexes: z.array(z.string()),
    words: z.enum(WORD_INDEX_USES),
    rowsRead: z.int(),
  })
  .transform(({ plan, indexes, missingIndexes, words, rowsRead }) => ({
    way: { plan, tags: { used: indexes, missing: missingIndexes }, index: words } satisfies Way,
    rowsRead,
  }));

const LEDGER = z.object({
  messages: z.int(),
  received: z.int(),
  stored: z.int(),
  duplicates: z.int(),
  deadLettered: z.int(),
  // Servers of releases before this one do not know of any.
  discarded: z.int().default(0),
  released: z.int(),
  held: z.int(),
});

const WORKER = z.looseObject({
  id: z.string(),
  host: z.string(),
  pid: z.int(),
  release: z.string(),
  // That it is silent follows from when it was seen.
  state: z.enum([...PROCESS_STATES, 'silent']).transform((state) => (state === 'silent' ? 'running' : state)),
  startedAt: TIME,
  seenAt: TIME,
  lastFlushAt: ABSENT_TIME,
  heldMessages: z.int(),
  heldBytes: z.int(),
  oldestHeldAt: ABSENT_TIME,
});

export const WORKERS = z.object({
  now: TIME,
  workers: z.array(
    WORKER.transform((worker) => ({ ...worker, role: 'worker', ledger: LEDGER.safeParse(worker).data })),
  ),
});

const ENTRY = z.object({
  service_name: z.string(),
  payload: z.string(),
  severity: z.enum(SEVERITIES),
  timestamp: TIME,
  event_id: z.string(),
  created_at: TIME,
});

/** One that may not be stored yet. */
const TAIL_ENTRY = ENTRY.extend({ id: z.string(), created_at: TIME.optional() });

/** What stands before the tags in the JSON of an entry, where they have all digits of their numbers. */
const BEFORE_TAGS = /"event_id":"(?:[^"\\]|\\.)*"(?:,"created_at":"[^"]*")?,"tags":/;

const GAP = z.object({ from: z.string(), to: z.string() });
const OMITTED = GAP.extend({ count: z.int() });
const HEARTBEAT = z.object({ time: z.string(), lagMs: z.number(), storedUpTo: z.string().nullable() });

/** Reads what an answer cost the server; undefined if that is not known. */
export function readCost(header: string): z.output<typeof COST> | undefined {
  return COST.safeParse(parsed(header)).data;
}

/** Reads a line that `entryJson` wrote; undefined if it is none. */
export function readEntry(line: string): StoredEntry | undefined {
  const { data } = ENTRY.safeParse(parsed(line));
  if (data === undefined) return undefined;
  return { ...entryOf(data, line), createdAt: data.created_at };
}

/** Reads an event of a tail; undefined if it is one that this release does not know. Throws if it is damaged. */
export function readTailEvent({
  id: position,
  name,
  data,
}: StreamEvent): ReceivedEvent<FoundEntry> | undefined {
  const value = parsed(data);
  switch (name) {
    case 'entry': {
      const { id: entryId, ...members } = TAIL_ENTRY.parse(value);
      return {
        kind: 'entry',
        position,
        entryId,
        entry: { ...entryOf(members, data), createdAt: members.created_at },
      };
    }
    case 'gap':
      return { kind: name, position, ...GAP.parse(value) };
    case 'skipped':
    case 'sampled':
      return { kind: name, position, ...OMITTED.parse(value) };
    case 'heartbeat':
      return { kind: name, position, ...HEARTBEAT.parse(value) };
    default:
      return undefined;
  }
}

function entryOf(data: Omit<z.output<typeof ENTRY>, 'created_at'>, line: string): LogEntry {
  const before = BEFORE_TAGS.exec(line);
  return {
    timestamp: data.timestamp,
    eventId: data.event_id,
    serviceName: data.service_name,
    severity: data.severity,
    payload: data.payload,
    tags: before === null ? null : line.trimEnd().slice(before.index + before[0].length, -1),
  };
}

/** Undefined if it is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
