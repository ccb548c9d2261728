import type { Settings } from '../config/settings.ts';
import { type ErrorCode, LmsError } from '../errors/catalogue.ts';
import { Refusal } from '../errors/refusal.ts';
import { follow, type Followed, type FollowPorts, type Found } from '../live/follow.ts';
import type { Failure, StoredState } from '../live/follow-ports.ts';
import type { EventRange } from '../live/tail-event.ts';
import { TailRefused } from '../live/tail-limits.ts';
import type { FoundEntry } from '../logs/entry.ts';
import { entryId } from '../logs/entry-id.ts';
import { rfc3339 } from '../logs/entry-json.ts';
import { systemClock } from '../pipeline/clock.ts';
import type { Log } from '../pipeline/ports.ts';
import { type Means, unlimited } from '../query/answers/page.ts';
import { searchEntries } from '../query/answers/search.ts';
import { storedUpTo } from '../query/answers/stored-up-to.ts';
import { timeBehind } from '../query/answers/stretch.ts';
import type { Filter } from '../query/filter.ts';
import { printFilter } from '../query/print.ts';
import type { DirectTailParts } from './direct-tail.ts';
import type { StopRequest } from './signals.ts';
import type { OpenedTail, TailQuestion } from './tail-question.ts';
import { withReader } from './with-reader.ts';

/** See `followTail`. */
export interface FollowRequest {
  readonly question: TailQuestion;
  readonly settings: Settings;
  readonly log: Log;
  /** Of an `lms serve` that is asked; absent: Pub/Sub and the database are. */
  readonly url?: string | undefined;
  readonly stop: StopRequest;
  /** Aborted, it ends: whether that is a stop or not. */
  readonly signal: AbortSignal;
}

/** What fills gaps and what the tail reads of the database do not wait for each other. */
const CONNECTIONS = 2;
/** Failures that pass. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DATABASE_UNREACHABLE',
  'DATABASE_TOO_SLOW',
  'DATABASE_FAILED',
  'PUBSUB_UNREACHABLE',
  'PUBSUB_FAILED',
  'SERVER_UNREACHABLE',
]);

/**
 * Follows what is published, for as long as `use` takes. The tail that it gets rejects with the signal's reason,
 * or with `LmsError`.
 */
export async function followTail(
  request: FollowRequest,
  use: (tail: AsyncIterable<readonly Followed<FoundEntry>[]>) => Promise<void>,
): Promise<void> {
  const { question, settings, log, url, stop, signal } = request;
  await withReader({ settings, log, url, stop, connections: CONNECTIONS }, async (means) => {
    const opened =
      url === undefined
        ? await directTail({ question, settings, log, means })
        : await remoteTail(url, settings.token, question);
    try {
      await use(follow({ ...portsOn(means, question.filter), open: opened.open }, signal));
    } finally {
      await opened.close();
    }
  });
}

// Each is loaded where it is asked for: the other, with what it needs, is not.
async function directTail(parts: DirectTailParts): Promise<OpenedTail> {
  const { openDirectTail } = await import('./direct-tail.ts');
  return openDirectTail(parts);
}

async function remoteTail(
  url: string,
  token: string | undefined,
  { filter, since, lines, maxRate }: TailQuestion,
): Promise<OpenedTail> {
  const { RemoteTail } = await import('../remote/tail.ts');
  const asked = { q: printFilter(filter), since: since && rfc3339(since), lines, maxRate };
  const tail = new RemoteTail(url, token, asked);
  return { open: (place, signal) => tail.open(place, signal), close: () => Promise.resolve() };
}

function portsOn(means: Means, filter: Filter): Omit<FollowPorts<FoundEntry>, 'open'> {
  return {
    fill: (range, signal) => stored(filter, range, { ...means, signal }),
    storedUpTo: (signal) => storedState(means, signal),
    failureOf,
    clock: systemClock,
  };
}

async function* stored(
  filter: Filter,
  { from, to }: EventRange,
  means: Means,
): AsyncGenerator<readonly Found<FoundEntry>[]> {
  const stretch = { order: 'oldest', from: columnTime(from), to: timeBehind(columnTime(to)) } as const;
  for await (const { entries } of searchEntries({ filter, stretch, limit: Infinity }, unlimited(means)))
    yield entries.map((entry) => ({ entryId: entryId(entry), entry }));
}

async function storedState({ reader }: Means, signal: AbortSignal): Promise<StoredState> {
  const processes = await reader.processes(signal);
  const upTo = storedUpTo(processes);
  return { at: upTo.kind === 'unknown' ? undefined : rfc3339(upTo.at), now: rfc3339(processes.now) };
}

/** What is to be made of a failure of a tail, of what fills its gaps, or of the database. */
function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) {
    const { status, retryAfterMs } = error.terms;
    return { isFinal: status < 500 && status !== 429 && status !== 408, retryAfterMs };
  }
  // Its source failed while it was opened: the next makes another.
  if (error instanceof TailRefused) return { isFinal: false };
  return { isFinal: !(error instanceof LmsError) || !PASSING.has(error.code) };
}

/** A time in RFC 3339 as a column holds it. */
function columnTime(time: string): string {
  const [seconds = '', fraction = ''] = time.replace('T', ' ').replace('Z', '').split('.');
  return `${seconds}.${fraction.slice(0, 6).padEnd(6, '0')}`;
}
