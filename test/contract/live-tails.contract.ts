import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { OPEN } from '../../src/access/grant.ts';
import { type OpenedLive, openLive } from '../../src/app/open-live.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { TailRequest } from '../../src/live/ports.ts';
import { parsePosition } from '../../src/live/position.ts';
import type { TailEvent } from '../../src/live/tail-event.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import type { EntryReader } from '../../src/query/answers/ports.ts';
import { EVERYTHING } from '../../src/query/filter.ts';
import { RecordingLog } from '../support/recording-log.ts';

/** Where live tails come from, for the suite. */
export interface LiveSubject {
  readonly settings: Settings;
  readonly reader: () => Promise<EntryReader>;
  /** Lets the source have entries. */
  readonly publish: (entries: readonly LogEntry[]) => Promise<void>;
  /** Nothing comes through for a while, then all does. */
  readonly interrupt: () => Promise<void>;
}

const PATIENCE = { timeout: 20_000, interval: 20 };
const NOW_MS = Date.now();

function entry(n: number, ageMs = 0): LogEntry {
  const time = new Date(NOW_MS - ageMs).toISOString();
  return {
    timestamp: `${time.slice(0, 10)} ${time.slice(11, 23)}000`,
    eventId: `e${String(n)}`,
    serviceName: 'shop',
    severity: 'info',
    payload: `entry ${String(n)}`,
    tags: null,
  };
}

const some = (from: number, to: number, ageMs = 0) =>
  Array.from({ length: to - from }, (_none, n) => entry(from + n, ageMs));

/** A tail whose events are collected. */
export async function collected({ tails }: OpenedLive, changes: Partial<TailRequest> = {}) {
  const ending = new AbortController();
  const events: TailEvent[] = [];
  const request = { filter: EVERYTHING, grant: OPEN, signal: ending.signal, ...changes };
  const shown = await tails.open(request);
  const reading = (async () => {
    for await (const batch of shown) events.push(...batch);
  })();
  onTestFinished(async () => {
    ending.abort(new Error('the test is over'));
    await reading;
  });
  const entries = () => events.filter((event) => event.kind === 'entry');
  return {
    events,
    entries,
    ids: () => entries().map(({ entry: { eventId } }) => eventId),
    cut: () => ending.abort(),
  };
}

/** What a live tail shows, wherever it comes from. */
export function liveTailsContract(open: () => Promise<LiveSubject>): void {
  const opened = async () => {
    const subject = await open();
    const live = openLive({
      settings: subject.settings,
      reader: subject.reader,
      create: true,
      log: new RecordingLog(),
    });
    if (live === undefined) throw new Error('live tails are off');
    onTestFinished(() => live.close());
    return { subject, live };
  };

  describe('live tails', () => {
    it('show what comes, once, late or not, with the ids that the database has', async () => {
      const { subject, live } = await opened();
      const tail = await collected(live);
      await subject.publish(some(0, 20));
      await vi.waitFor(() => {
        expect(tail.ids().toSorted()).toEqual(
          some(0, 20)
            .map(({ eventId }) => eventId)
            .toSorted(),
        );
      }, PATIENCE);
      // Each a little older than what was shown, and many of one time.
      await subject.publish([...some(20, 30, 90_000), ...some(30, 230, 5_000), entry(3)]);
      await vi.waitFor(() => {
        expect(tail.ids()).toHaveLength(230);
      }, PATIENCE);
      expect(new Set(tail.ids()).size).toBe(230);
      expect(tail.entries().map(({ entryId }) => entryId)).toEqual(
        tail.entries().map(({ json }) => (JSON.parse(json) as { id: string }).id),
      );
      expect(tail.events.filter(({ kind }) => kind !== 'entry' && kind !== 'heartbeat')).toEqual([]);
    });

    it('resume exactly, and show nothing twice after an interruption', async () => {
      const { subject, live } = await opened();
      const keeper = await collected(live);
      const tail = await collected(live);
      await subject.publish(some(0, 10));
      await vi.waitFor(() => {
        expect(tail.ids()).toHaveLength(10);
      }, PATIENCE);
      tail.cut();
      await subject.interrupt();
      await subject.publish(some(10, 20));
      await vi.waitFor(() => {
        expect(keeper.ids()).toHaveLength(20);
      }, PATIENCE);
      const at = tail.entries()[4]?.position ?? '';
      const again = await collected(live, { resume: parsePosition(at) });
      await vi.waitFor(() => {
        expect([...tail.ids().slice(0, 5), ...again.ids()]).toEqual(keeper.ids());
      }, PATIENCE);
      expect(again.events.some(({ kind }) => kind === 'gap')).toBe(false);
    });
  });
}
