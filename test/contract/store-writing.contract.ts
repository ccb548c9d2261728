import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/pipeline/ports.ts';
import type { Store } from '../../src/store/store.ts';
import { entries, entry, shuffled } from './store-entries.ts';
import { expectInStep, persistently, stored, withoutCreatedAt } from './store-looks.ts';
import type { StoreSubject } from './store-subject.ts';

/** What every store does when it writes. */
export function writingContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: writing`, () => {
    let subject: StoreSubject;
    let store: Store;

    beforeEach(async () => {
      subject = await makeSubject();
      store = await subject.open();
      await store.migrate();
    });
    afterEach(() => subject.dispose());

    it('a batch becomes rows, counts and counts by minute', async () => {
      const batch = [
        entry({ eventId: 'a', timestamp: '2026-03-29 01:30:00.000001', tags: '{"region": "eu"}' }),
        entry({ eventId: 'b', timestamp: '2026-03-29 01:30:59.999999' }),
        entry({ eventId: 'c', timestamp: '2026-03-29 01:31:00.000000', severity: 'fatal' }),
      ];
      expect(await store.write(batch)).toEqual({ stored: 3, duplicates: 0 });

      expect((await stored(store)).map(withoutCreatedAt)).toEqual(batch);
      expect(
        await subject.sql('SELECT service_name, severity, `count` FROM service_severity ORDER BY `count`'),
      ).toEqual([
        { service_name: 'alpha', severity: 'fatal', count: 1 },
        { service_name: 'alpha', severity: 'info', count: 2 },
      ]);
      expect(
        await subject.sql('SELECT minute, severity, `count` FROM service_severity_minutes ORDER BY minute'),
      ).toEqual([
        { minute: '2026-03-29 01:30:00', severity: 'info', count: 2 },
        { minute: '2026-03-29 01:31:00', severity: 'fatal', count: 1 },
      ]);
    });

    it('an empty batch is nothing', async () => {
      expect(await store.write([])).toEqual({ stored: 0, duplicates: 0 });
    });

    it('an entry that stands twice in a batch is stored and counted once, as it came first', async () => {
      const batch = [entry({ payload: 'first' }), entry({ eventId: 'other' }), entry({ payload: 'second' })];
      expect(await store.write(batch)).toEqual({ stored: 2, duplicates: 1 });
      expect((await stored(store)).map(({ payload }) => payload)).toEqual(['first', 'Hello']);
      await expectInStep(store, 2);
    });

    it('an entry that is stored already adds nothing and changes nothing', async () => {
      await store.write(entries(0, 600));
      const again = entries(300, 900).map((known) => ({ ...known, payload: 'changed' }));
      expect(await store.write(again)).toEqual({ stored: 300, duplicates: 300 });
      expect(await store.write(again)).toEqual({ stored: 0, duplicates: 600 });
      await expectInStep(store, 900);
      const payloads = (await stored(store)).map(({ payload }) => payload);
      expect(payloads.filter((payload) => payload === 'changed')).toHaveLength(300);
    });

    it('an event that an earlier release stored under another id adds nothing', async () => {
      const before = entries(0, 1_500);
      await store.write(before);
      const again = before.map((known) => ({
        ...known,
        eventId: `${known.eventId}~new`,
        earlierEventId: known.eventId,
      }));
      const fresh = entries(1_500, 1_600).map((known) => ({ ...known, earlierEventId: 'never-stored' }));
      expect(await store.write([...again, ...fresh])).toEqual({ stored: 100, duplicates: 1_500 });
      expect(await store.write([...again, ...fresh])).toEqual({ stored: 0, duplicates: 1_600 });
      expect(await store.write(again)).toEqual({ stored: 0, duplicates: 1_500 });
      await expectInStep(store, 1_600);
      expect((await stored(store)).filter(({ eventId }) => eventId.endsWith('~new'))).toEqual([]);
    });

    it('an event of another service or time is not taken for one that an earlier release stored', async () => {
      await store.write([entry({ eventId: '17' })]);
      const others = [
        entry({ eventId: '17~other', earlierEventId: '17', serviceName: 'bravo' }),
        entry({ eventId: '17~same', earlierEventId: '17', timestamp: '2026-03-29 01:30:00.123457' }),
      ];
      expect(await store.write(others)).toEqual({ stored: 2, duplicates: 0 });
      expect(await store.write(others)).toEqual({ stored: 0, duplicates: 2 });
      await expectInStep(store, 3);
    });

    it('an entry of the same batch is no earlier release', async () => {
      const batch = [entry({ eventId: 'a' }), entry({ eventId: 'b', earlierEventId: 'a' })];
      expect(await store.write(batch)).toEqual({ stored: 2, duplicates: 0 });
      await expectInStep(store, 2);
    });

    it('an event id at another time is another entry', async () => {
      await store.write([entry()]);
      expect(await store.write([entry({ timestamp: '2026-03-29 01:30:00.123457' })])).toEqual({
        stored: 1,
        duplicates: 0,
      });
      await expectInStep(store, 2);
    });

    it.each([1, 2, 511, 512, 513, 1023, 5_000])('a batch of %i rows is stored whole', async (rows) => {
      expect(await store.write(shuffled(entries(0, rows), 7))).toEqual({ stored: rows, duplicates: 0 });
      await expectInStep(store, rows);
      expect((await stored(store)).map(withoutCreatedAt)).toEqual(entries(0, rows));
    });

    it('four writers with overlapping batches lose and double nothing', async () => {
      const others = await Promise.all([subject.open(), subject.open(), subject.open()]);
      const results = await Promise.all(
        [store, ...others].map(async (writer, index) => {
          let sum = 0;
          for (let round = 0; round < 6; round += 1) {
            const from = round * 500 + index * 150;
            sum += (await persistently(writer, shuffled(entries(from, from + 700), index))).stored;
          }
          return sum;
        }),
      );
      const distinct = 5 * 500 + 3 * 150 + 700;
      expect(results.reduce((a, b) => a + b)).toBe(distinct);
      await expectInStep(store, distinct);
    });

    it('two writes at once in one store are both exact', async () => {
      const results = await Promise.all([store.write(entries(0, 3_000)), store.write(entries(2_000, 5_000))]);
      expect(results.map(({ stored }) => stored).reduce((a, b) => a + b)).toBe(5_000);
      await expectInStep(store, 5_000);
    });

    it('the three tables agree at every moment, seen from another connection', async () => {
      const observer = await subject.open();
      let writing = true;
      const seen: number[] = [];
      const watch = async () => {
        while (writing) {
          const { agree, total } = await observer.verify();
          expect(agree).toBe(true);
          seen.push(total.rows);
          await new Promise(setImmediate);
        }
      };
      const write = async () => {
        for (let round = 0; round < 20; round += 1) {
          await store.write(shuffled(entries(round * 100, round * 100 + 300), round));
          await new Promise(setImmediate);
        }
        writing = false;
      };
      await Promise.all([watch(), write()]);
      expect(new Set(seen).size).toBeGreaterThan(2);
      await expectInStep(store, 2_200);
    });

    it('the time of writing is UTC, with the form of a timestamp', async () => {
      const before = Date.now();
      await store.write([entry()]);
      const [row] = await stored(store);
      expect(row?.createdAt).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
      const written = Date.parse(`${row?.createdAt.replace(' ', 'T') ?? ''}Z`);
      expect(Math.abs(written - before)).toBeLessThan(60_000);
    });

    it('one row that the tables refuse fails the batch with the verdict row, and nothing of it stays', async () => {
      const secret = 'x'.repeat(101);
      const failed = store.write([...entries(0, 600), entry({ serviceName: secret })]);
      const error = await failed.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ verdict: 'row' });
      expect(String(error)).not.toContain(secret);
      await expectInStep(store, 0);
      expect(await store.write(entries(0, 600))).toEqual({ stored: 600, duplicates: 0 });
    });

    it('a missing table is fatal', async () => {
      await subject.sql('DROP TABLE service_severity_minutes');
      await expect(store.write([entry()])).rejects.toMatchObject({ name: 'StoreError', verdict: 'fatal' });
    });

    it('a closed store closes again, and its writes fail', async () => {
      await store.close();
      await store.close();
      await expect(store.write([entry()])).rejects.toMatchObject({ name: 'StoreError', verdict: 'fatal' });
    });
  });
}
