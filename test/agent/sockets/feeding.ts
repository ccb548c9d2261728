import type { EventBatch, ReadOptions } from '../../../src/agent/ports.ts';
import { FedInput } from '../../../src/agent/sockets/fed-input.ts';
import type { Feed } from '../../../src/agent/sockets/feed.ts';
import { MemorySpool } from '../../../src/agent/spool/memory-spool.ts';
import type { Spool } from '../../../src/agent/spool/spool.ts';

const READ: ReadOptions = {
  service: 'pipe',
  host: 'web-1',
  format: 'auto',
  multiline: 'off',
  tags: { agent: 'a' },
};
export const ON = new AbortController().signal;

/** How an input of a test is read and kept. */
export interface More {
  readonly read?: Partial<ReadOptions>;
  readonly flushPartialMs?: number;
  readonly memoryBytes?: number;
  readonly isHostPeer?: boolean;
  readonly spool?: Spool;
}

/** An input of a feed, most often without a spool on the disk. */
export function inputOf(
  feed: Feed,
  {
    read,
    flushPartialMs,
    memoryBytes = 8_000_000,
    isHostPeer = false,
    spool = new MemorySpool(memoryBytes),
  }: More = {},
): FedInput {
  return new FedInput(feed, {
    name: '-',
    kind: 'stream',
    read: { ...READ, ...read },
    isHostPeer,
    flushPartialMs,
    spool,
  });
}

/** A feed that does what the test says. */
export function feedOf(run: Feed['run'], more: Partial<Feed> = {}): Feed {
  return { isLossy: false, isSyslog: false, state: 'reading', reason: undefined, counters: {}, run, ...more };
}

/** All that it hands over, each confirmed at once. */
export async function allOf(input: FedInput, stop = ON): Promise<EventBatch[]> {
  const batches: EventBatch[] = [];
  for await (const batch of input.batches(stop)) {
    batches.push(batch);
    await input.confirm(batch);
  }
  return batches;
}

export const entriesOf = (batches: readonly EventBatch[]) => batches.flatMap(({ entries }) => entries);
export const payloads = (batches: readonly EventBatch[]) => entriesOf(batches).map(({ payload }) => payload);
