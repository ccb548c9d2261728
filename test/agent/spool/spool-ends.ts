import type { EventBatch } from '../../../src/agent/ports.ts';
import type { Spool } from '../../../src/agent/spool/spool.ts';

const ON = new AbortController().signal;

/** The first batches that a spool hands over, so many of them. */
export async function take(spool: Spool, count: number): Promise<EventBatch[]> {
  const taken: EventBatch[] = [];
  for await (const each of spool.batches(ON)) {
    taken.push(each);
    if (taken.length === count) break;
  }
  return taken;
}

/** All that is in a spool, which takes no more. */
export async function takeAll(spool: Spool): Promise<EventBatch[]> {
  spool.end();
  const taken: EventBatch[] = [];
  for await (const each of spool.batches(ON)) taken.push(each);
  return taken;
}

/** Of all entries, in order. */
export function ids(batches: readonly Pick<EventBatch, 'entries'>[]): string[] {
  return batches.flatMap(({ entries }) => entries.map(({ eventId }) => eventId));
}
