import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../src/logs/severity.ts';
import type { GroupBy } from '../../src/query/answers/group-by.ts';
import { readHistogram } from '../../src/query/answers/histogram.ts';
import type { Means } from '../../src/query/answers/page.ts';
import type { EntryReader } from '../../src/query/answers/ports.ts';
import { readerWith } from '../../src/query/answers/reader-with.ts';
import { EVERYTHING, type Filter } from '../../src/query/filter.ts';
import { openEntryReader } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { EarlierWriter } from './earlier-writer.ts';
import { entry } from './store-entries.ts';
import { SILENT, type StoreSubject } from './store-subject.ts';

const ZONES = [
  'UTC',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/New_York',
  'Pacific/Chatham',
];
const SIGNAL = new AbortController().signal;
/** Clocks of Europe change on the third of these days. */
const FIRST_DAY = Date.UTC(2026, 2, 27);
const SERVICE: Filter = { kind: 'column', column: 'service', test: { kind: 'equals', text: 'service-1' } };
const SEVERITY: Filter = { kind: 'severity', severities: ['error', 'info'] };

/** That answers are the same from sums as from counts by minute. */
export function sumsContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: sums in place of counts by minute`, () => {
    let subject: StoreSubject;
    let store: Store;
    let reader: EntryReader;

    beforeEach(async () => {
      subject = await makeSubject();
      store = await subject.open();
      await store.migrate();
      await store.write(Array.from({ length: 1_500 }, (_, n) => spread(n)));
      reader = await openEntryReader(subject.target, { log: SILENT });
    });
    afterEach(async () => {
      await reader.close();
      await subject.dispose();
    });

    const meansOf = (of: EntryReader): Means => ({
      reader: of,
      budget: { maxMs: 60_000, maxRows: Number.MAX_SAFE_INTEGER },
      now: () => performance.now(),
      signal: SIGNAL,
    });

    /** The answer and how many questions it took of sums and of minutes. */
    const histogram = async (of: EntryReader, filter: Filter, by: GroupBy, zone: string, maxBuckets = 12) => {
      const request = {
        filter,
        by,
        zone,
        maxBuckets,
        from: '2026-03-27 10:20:30.000000',
        to: '2026-04-03 07:00:00.000000',
      };
      const { buckets, values, isComplete } = await readHistogram(request, meansOf(of));
      return {
        buckets: buckets.map(({ counts, ...rest }) => ({ ...rest, counts: [...counts].sort() })),
        values,
        isComplete,
      };
    };

    it.each(ZONES)('bars are the same: %s', async (zone) => {
      const bare = withoutSums(reader);
      for (const filter of [EVERYTHING, SERVICE, SEVERITY]) {
        for (const kind of ['severity', 'service', 'nothing'] as const) {
          const { asked, counting } = countingSums(reader);
          const found = await histogram(counting, filter, { kind }, zone);
          expect(found).toEqual(await histogram(bare, filter, { kind }, zone));
          expect(found.isComplete).toBe(true);
          expect(asked()).toEqual({ sums: 1, minutes: 0 });
        }
      }
    });

    it('any range has the same sums', async () => {
      const ranges = Array.from({ length: 24 }, (_, n) => {
        const from = FIRST_DAY + (n * 417 + n * n * 13) * 60_000;
        return { from: minuteAt(from), to: minuteAt(from + (1 + n * n * 17) * 60_000) };
      });
      const counted = totals(await reader.rangeCounts(ranges, SIGNAL), true);
      expect(totals((await reader.rangeSums({ ranges, by: 'key' }, SIGNAL)) ?? [], true)).toEqual(counted);
      const some = (await reader.rangeSums({ ranges, by: 'key', services: ['service-1'] }, SIGNAL)) ?? [];
      const ofService = [...counted].filter(([key]) => key.endsWith(' service-1'));
      expect([...totals(some, true)]).toEqual(ofService);
      const all = totals((await reader.rangeSums({ ranges, by: 'severity' }, SIGNAL)) ?? [], false);
      expect(all).toEqual(totals(await reader.rangeCounts(ranges, SIGNAL), false));
      const ofServices = (await reader.rangeSums({ ranges, by: 'service' }, SIGNAL)) ?? [];
      expect(ofServices.every(({ severity }) => severity === undefined)).toBe(true);
      const withoutSeverity = (await reader.rangeCounts(ranges, SIGNAL)).map((each) => ({
        ...each,
        severity: undefined,
      }));
      expect(totals(ofServices, true)).toEqual(totals(withoutSeverity, true));
    });

    it('services of any name have the same sums, many of them too', async () => {
      const names = ['a"b\\c', 'line\nbreak', '__proto__', '10', '😀', 'Alpha', 'alpha', "'", 'trailing '];
      const many = Array.from({ length: 900 }, (_, n) => `${'of a long name '.repeat(5)}${n}`);
      await store.write(
        [...names, ...many].flatMap((serviceName, n) =>
          [27, 28, 29].map((day) =>
            entry({
              eventId: `named-${n}-${day}`,
              serviceName,
              severity: SEVERITIES[(n + day) % 5] ?? 'info',
              timestamp: `2026-03-${day} 10:00:00.000000`,
            }),
          ),
        ),
      );
      const ranges = [27, 28, 29].map((day) => ({
        from: `2026-03-${day} 00:00:00`,
        to: `2026-03-${day + 1} 00:00:00`,
      }));
      const counted = (await reader.rangeCounts(ranges, SIGNAL)).map((each) => ({
        ...each,
        severity: undefined,
      }));
      const sums = (await reader.rangeSums({ ranges, by: 'service' }, SIGNAL)) ?? [];
      expect(totals(sums, true)).toEqual(totals(counted, true));
      expect(sums.length).toBeGreaterThan(3 * 900);
    });

    it('after a worker of the release before has written, bars are those of the minutes', async () => {
      const by = { kind: 'severity' } as const;
      await new EarlierWriter(subject).write(
        entry({ eventId: 'past', timestamp: '2026-03-30 00:10:00.000000' }),
      );
      const { asked, counting } = countingSums(reader);
      const found = await histogram(counting, EVERYTHING, by, 'UTC');
      expect(found).toEqual(await histogram(withoutSums(reader), EVERYTHING, by, 'UTC'));
      expect(asked().minutes).toBe(subject.target.kind === 'sqlite' ? 0 : 1);
      const total = found.buckets.flatMap(({ counts }) => counts).reduce((sum, [, count]) => sum + count, 0);
      const { counts } = { counts: await reader.keyCounts(SIGNAL) };
      expect(total).toBeLessThanOrEqual(counts.reduce((sum, { count }) => sum + count, 0));
      expect(total).toBeGreaterThan(1_000);
    });

    it('tables without sums are read as before', async () => {
      if (subject.target.kind === 'sqlite')
        for (const trigger of ['inserted', 'counted', 'moved', 'deleted'])
          await subject.sql(`DROP TRIGGER lms_rollups_${trigger}`);
      await subject.sql('DROP TABLE lms_rollups');
      const ranges = [{ from: '2026-03-27 00:00:00', to: '2026-03-28 00:00:00' }];
      expect(await reader.rangeSums({ ranges, by: 'severity' }, SIGNAL)).toBeUndefined();
      expect((await histogram(reader, EVERYTHING, { kind: 'nothing' }, 'UTC')).isComplete).toBe(true);
    });
  });
}

/** Over a week, denser at round times. */
function spread(n: number) {
  const at = FIRST_DAY + ((n * 7_919) % 10_080) * 60_000 + (n % 60) * 1_000;
  return entry({
    eventId: `event-${String(n)}`,
    timestamp: `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}.000000`,
    serviceName: `service-${String(n % 3)}`,
    severity: SEVERITIES[n % 4] ?? 'info',
  });
}

function minuteAt(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}:00`;
}

function totals(
  counts: readonly { range: number; severity: string | undefined; serviceName: string; count: number }[],
  isByService: boolean,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { range, severity, serviceName, count } of counts) {
    const key = `${String(range).padStart(3, '0')} ${severity ?? ''} ${isByService ? serviceName : ''}`;
    sums.set(key, (sums.get(key) ?? 0) + count);
  }
  return new Map([...sums].sort());
}

function withoutSums(reader: EntryReader): EntryReader {
  return readerWith(reader, { rangeSums: () => Promise.resolve(undefined) });
}

function countingSums(reader: EntryReader) {
  const numbers = { sums: 0, minutes: 0 };
  const counting = readerWith(reader, {
    rangeSums(request, signal) {
      numbers.sums += 1;
      return reader.rangeSums(request, signal);
    },
    rangeCounts(ranges, signal) {
      numbers.minutes += 1;
      return reader.rangeCounts(ranges, signal);
    },
  });
  return { asked: () => numbers, counting };
}
