import { follow, type FollowNote, type FollowPorts, type ReceivedEvent } from '../../../src/live/follow.ts';
import { type StreamEvent, streamEvents } from '../../../src/live/sse.ts';
import type { TailEvent } from '../../../src/live/tail-event.ts';
import { systemClock } from '../../../src/pipeline/clock.ts';
import { readPages } from './paging.ts';
import { isFinal, LmsProblem, REFUSED } from './problem.ts';
import { answerTo, type Connection, jsonOf, reached } from './transport.ts';
import type { Answer, Query, RequestOptions, TailEntry } from './types.ts';

/** Of a tail: what came before it, and how much of what comes. */
export interface TailQuestion extends Pick<Query<'tail'>, 'q' | 'since' | 'tz'> {
  /** The last so many that are there already come first. */
  readonly n?: number | undefined;
  /** No more than so many a second: a sample of them, and a note of how many were left out. */
  readonly maxRate?: number | undefined;
  /** Goes on behind this place, which `onProgress` told of another tail of the server, also of another question. */
  readonly after?: string | undefined;
}

/** What is said of a tail beside its entries. */
export type TailNote = FollowNote;

/** How far a tail was taken. */
export interface TailProgress {
  /** Another tail can go on from here: all before it was taken, but what is still looked up. */
  readonly position: string;
}

/** How a tail is read. */
export interface TailOptions extends RequestOptions {
  /** Told of what happens to the tail: that it is behind, is opened again, or that something was left out. */
  readonly onNote?: ((note: TailNote) => void) | undefined;
  /** Told how far it is, each time that what came together was taken; every 10 s at least. */
  readonly onProgress?: ((progress: TailProgress) => void) | undefined;
}

const STREAM_TYPE = 'text/event-stream';
const PAGE_SIZE = 1_000;

/**
 * Entries that match, as they come, each once. What a connection that broke, or a slow reader, missed is looked up,
 * and comes out of its order. Rejects with the signal's reason once that is aborted, else with `LmsProblem`: if
 * the tail is refused, or cannot be opened at all. Closes its connection when whoever reads it stops.
 */
export async function* readTail(
  connection: Connection,
  question: TailQuestion,
  { signal = new AbortController().signal, onNote, onProgress }: TailOptions,
): AsyncGenerator<TailEntry, void, undefined> {
  for await (const items of follow(followPorts(connection, question, onProgress), signal))
    for (const item of items) {
      if (item.kind === 'entry') yield item.entry;
      else onNote?.(item);
    }
}

function followPorts(
  connection: Connection,
  { q, tz, since, n, maxRate, after }: TailQuestion,
  onProgress: TailOptions['onProgress'],
): FollowPorts<TailEntry> {
  return {
    async open({ resume }, signal) {
      // Where it was cut in the middle of its history, the rest of that is still wanted.
      const query = { q, tz, since, n, last_event_id: resume ?? after, max_rate: maxRate };
      const path = 'api/v1/tail';
      const { body } = await answerTo(connection, { path, query, accept: STREAM_TYPE, signal });
      if (body === null) throw new LmsProblem(REFUSED, { status: 200, detail: 'the tail is empty' });
      return received(connection, { body, onProgress }, signal);
    },
    async *fill({ from, to }, signal) {
      const range = { q, tz, since: from, until: to };
      const pages = readPages(connection, { ...range, order: 'oldest', limit: PAGE_SIZE }, signal);
      for await (const { entries } of pages) yield entries.map((entry) => ({ entryId: entry.id, entry }));
    },
    async storedUpTo(signal) {
      const path = 'api/v1/workers';
      const { now, storedUpTo } = await jsonOf<Answer<'workers'>>(connection, { path, signal });
      return { at: storedUpTo.at ?? undefined, now };
    },
    failureOf: (error) => ({
      isFinal: isFinal(error),
      retryAfterMs: error instanceof LmsProblem ? error.details.retryAfterMs : undefined,
    }),
    clock: systemClock,
  };
}

async function* received(
  connection: Connection,
  { body, onProgress }: Pick<TailOptions, 'onProgress'> & { readonly body: ReadableStream<Uint8Array> },
  signal: AbortSignal,
): AsyncGenerator<readonly ReceivedEvent<TailEntry>[], void> {
  const batches = streamEvents(body);
  try {
    for (;;) {
      const next = await reached(connection, signal, () => batches.next());
      if (next.done === true) return;
      yield next.value.flatMap((event) => readEvent(event) ?? []);
      const position = next.value.at(-1)?.id;
      if (position) onProgress?.({ position });
    }
  } finally {
    await batches.return();
  }
}

/** Undefined: of a later release, which says more than is known here. */
function readEvent({ id: position, name: kind, data }: StreamEvent): ReceivedEvent<TailEntry> | undefined {
  if (kind === 'entry') {
    const entry = JSON.parse(data) as TailEntry;
    return { kind, position, entryId: entry.id, entry };
  }
  if (!isNote(kind)) return undefined;
  return { kind, position, ...(JSON.parse(data) as object) } as ReceivedEvent<TailEntry>;
}

function isNote(kind: string): kind is Exclude<TailEvent['kind'], 'entry'> {
  return ['gap', 'skipped', 'sampled', 'heartbeat'].includes(kind);
}
