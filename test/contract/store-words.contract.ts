import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { readPage } from '../../src/query/answers/page.ts';
import type { EntryReader, Order } from '../../src/query/answers/ports.ts';
import { readerWith } from '../../src/query/answers/reader-with.ts';
import { watchedReader } from '../../src/query/answers/watched-reader.ts';
import { allOf, anyOf } from '../../src/query/filter.ts';
import { matches } from '../../src/query/predicate.ts';
import { entry } from './store-entries.ts';
import type { StoreSubject } from './store-subject.ts';
import { wordsGround } from './words-ground.ts';
import { filterOf, FILTERS, randomNumbers, row } from './words-rows.ts';

/** What every database's index of words is. */
export function wordsContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: the index of words`, () => {
    const ground = wordsGround(makeSubject);
    const rows = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => row(from + n, (from + n) * 5));
    const signal = new AbortController().signal;
    /** Enough where it is the time between two steps that is looked at. */
    const someFilters = FILTERS.filter((_, index) => index % 3 === 1);

    it('leaves out no row that has the words, in whatever order rows come, go and are indexed', async () => {
      const { store } = ground.opened;
      const random = randomNumbers(7);
      const model = new Map<string, LogEntry>();
      let asked = 0;
      let stored = 0;
      const add = async (count: number) => {
        const minutes = Array.from({ length: 4 }, () => random(400));
        const some = Array.from({ length: count }, (_, n) => row(stored + n, minutes[n % 4] ?? 0));
        stored += count;
        await store.write(some);
        for (const each of some) model.set(each.eventId, each);
      };
      const remove = async (count: number) => {
        const some = [...model.values()].filter(() => random(model.size) < count);
        await store.deleteEntries(some);
        for (const { eventId } of some) model.delete(eventId);
      };
      const removeRange = async () => {
        const first = [...model.values()][random(model.size)]?.timestamp ?? '';
        const range = { from: first, to: `${first.slice(0, 16)}:59.999999`, maxRows: 1_000 };
        await store.deleteRange(range);
        for (const { eventId, timestamp } of model.values())
          if (timestamp >= range.from && timestamp < range.to) model.delete(eventId);
      };
      await add(300);
      for (let round = 0; round < 7; round += 1) {
        await add(random(30));
        await remove(random(12));
        await removeRange();
        // One deleted and one late in the same minute: their number is what it was.
        const [gone] = model.values();
        if (gone !== undefined) {
          const late = { ...gone, eventId: `late${round}`, payload: `n3 is late in ${round}` };
          await store.deleteEntries([gone]);
          await store.write([late]);
          model.delete(gone.eventId);
          model.set(late.eventId, late);
        }
        const lateRows = random(4) === 0 ? 1 : 1_000_000;
        await ground.build({ sizes: { lateRows }, diesAfter: random(3) === 0 ? 1 + random(6) : undefined });
        const some = FILTERS.filter((_, index) => index % 3 === round % 3);
        const leftOut = await ground.expectCovered([...model.values()], some);
        if ((leftOut ?? 0) > 0.1) asked += 1;
      }
      await ground.build({ sizes: { lateRows: 1 } });
      expect(await ground.expectCovered([...model.values()], FILTERS)).toBeGreaterThan(0.3);
      expect(asked).toBeGreaterThan(1);
      expect((await store.verify()).agree).toBe(true);
    });

    it('rows that come, go and come late while they are being indexed are not left out either', async () => {
      const { store } = ground.opened;
      const all = rows(0, 600);
      await store.write(all);
      const model = new Map(all.map((each) => [each.eventId, each]));
      let changes: Promise<unknown> = Promise.resolve();
      let turn = 0;
      await ground.build({
        between: () => {
          const gone = all[(turn * 37) % all.length];
          const late = row(1_000 + turn, turn * 31);
          turn += 1;
          if (gone === undefined) return;
          model.delete(gone.eventId);
          model.set(late.eventId, late);
          // One after the other: a worker tries again what met a deletion.
          changes = changes.then(() => store.deleteEntries([gone])).then(() => store.write([late]));
        },
      });
      await changes;
      expect(turn).toBeGreaterThan(10);
      await ground.expectCovered([...model.values()], someFilters);
      // What was deleted and what came late make their minutes be looked at row by row, until they are indexed anew.
      await ground.build({ sizes: { lateRows: 1 } });
      expect(await ground.expectCovered([...model.values()], FILTERS)).toBeGreaterThan(0.3);
    });

    it('of two that build at once, the one that lost its lease commits nothing more', async () => {
      const { store, subject, leases } = ground.opened;
      const all = rows(0, 600);
      await store.write(all);
      const first = await leases.take('words');
      if (first === undefined) throw new TypeError('no lease');
      let other: Promise<unknown> | undefined;
      const lost = ground.build({
        lease: first,
        between: () => {
          // Its time is over, and another takes it: in the middle of the first one's work.
          other ??= subject
            .sql(`UPDATE lms_leases SET owner = 'another' WHERE name = 'words'`)
            .then(() => ground.build({ lease: { name: 'words', owner: 'another' } }));
        },
      });
      await expect(lost).rejects.toMatchObject({ code: 'LEASE_LOST' });
      await other;
      await ground.expectCovered(all, someFilters);
      await subject.sql(`UPDATE lms_leases SET owner = NULL, expires_at = NULL WHERE name = 'words'`);
      await ground.build();
      expect(await ground.expectCovered(all, FILTERS)).toBeGreaterThan(0.3);
    });

    it('groups of blocks that are full say what their filters said', async () => {
      const { store, subject } = ground.opened;
      const all = rows(0, 900);
      await store.write(all);
      await ground.build();
      const [full] = await subject.sql('SELECT COUNT(*) AS slices FROM lms_words_slices');
      expect(Number(full?.['slices'])).toBeGreaterThanOrEqual(512);
      const [open] = await subject.sql('SELECT COUNT(*) AS filters FROM lms_words_filters');
      expect(Number(open?.['filters'])).toBeLessThan(32);
      expect(await ground.expectCovered(all, FILTERS)).toBeGreaterThan(0.3);
      // Blocks of other sizes go on being right beside those that a later release makes.
      await store.write(rows(900, 1_200));
      await ground.build({ sizes: { blockWords: 150, lateRows: 1 } });
      expect(await ground.expectCovered(rows(0, 1_200), FILTERS)).toBeGreaterThan(0.3);
    });

    it('the next rows are read while words of the last are looked for', async () => {
      await ground.opened.store.write(rows(0, 600));
      let begun = 0;
      const begunAtBlocks: number[] = [];
      await ground.build({
        readerOf: (reader) =>
          readerWith(reader, {
            piece: (...request) => {
              begun += 1;
              return reader.piece(...request);
            },
          }),
        between: () => begunAtBlocks.push(begun),
      });
      expect(begunAtBlocks.slice(0, 2)).toEqual([2, 3]);
    });

    it('what outlived its rows is removed, and all of it if it is dropped', async () => {
      const { store, subject, index, leases } = ground.opened;
      const all = rows(0, 900);
      await store.write(all);
      await ground.build();
      const days = (from: string) =>
        subject.sql(`SELECT start FROM lms_words_minutes WHERE width = 1440 AND start < '${from}'`);
      expect(await days('2026-01-03')).toHaveLength(2);
      const left = all.filter(({ timestamp }) => timestamp >= '2026-01-03');
      await store.deleteEntries(all.filter(({ timestamp }) => timestamp < '2026-01-03'));
      for (let turn = 0; turn < 3; turn += 1) await ground.build();
      expect(await days('2026-01-03')).toHaveLength(0);
      expect(await subject.sql(`SELECT place FROM lms_words_blocks WHERE last_time < '2026-01-03'`)).toEqual(
        [],
      );
      await ground.expectCovered(left, someFilters);
      const lease = await leases.take('words');
      if (lease === undefined) throw new TypeError('no lease');
      await index.upkeep(lease).remove();
      for (const table of ['blocks', 'filters', 'slices', 'minutes'])
        expect(await subject.sql(`SELECT 1 AS one FROM lms_words_${table}`)).toEqual([]);
      expect(await ground.expectCovered(left, someFilters)).toBeUndefined();
      await leases.release(lease);
      await ground.build();
      expect(await ground.expectCovered(left, FILTERS)).toBeGreaterThan(0.3);
    });

    it('rows that have not settled are not indexed, nor those of a clock that is ahead', async () => {
      const { store, index } = ground.opened;
      const ahead = entry({
        timestamp: '9999-12-31 23:59:59.999999',
        eventId: 'ahead',
        payload: 'needle ahead',
      });
      const { now } = await index.state();
      const fresh = entry({ timestamp: now, eventId: 'fresh', payload: 'needle now' });
      await store.write([...rows(0, 600), ahead, fresh]);
      const progress = await ground.build();
      expect(progress).toMatchObject({ lagMs: 0, rows: 600 });
      expect((await index.state()).front?.timestamp.slice(0, 7)).toBe('2026-01');
      const page = await readPage(
        { filter: filterOf('needle'), stretch: { order: 'oldest' }, limit: 10 },
        means(ground.opened.reader),
      );
      expect(page.entries.map(({ eventId }) => eventId)).toEqual(['fresh', 'ahead']);
    });

    it('pages are the same with and without it, in both orders, and fewer rows are read', async () => {
      const { store, reader } = ground.opened;
      const all = rows(0, 6_000);
      await store.write(all);
      await ground.build({ sizes: { blockWords: 1_500, rowsAtOnce: 2_000 } });
      const plain: EntryReader = {
        ...watchedReader(reader, () => undefined),
        wordParts: () => Promise.resolve(undefined),
      };
      const error = filterOf('severity:error');
      for (const filter of [
        filterOf('n5123'),
        filterOf('n17'),
        filterOf('user:u4321'),
        allOf([filterOf('nowhere'), error]),
        anyOf([filterOf('n5'), filterOf('n5500')]),
        allOf([filterOf('n4200'), error]),
      ]) {
        for (const order of ['newest', 'oldest'] as const satisfies readonly Order[]) {
          const request = {
            filter,
            stretch: { order, from: '2026-01-01 03:00:00.000000' },
            limit: 100,
          } as const;
          const [found, scanned] = [
            await readPage(request, means(reader)),
            await readPage(request, means(plain)),
          ];
          expect(found.entries).toEqual(scanned.entries);
          expect(found.entries.map(({ eventId }) => eventId).toSorted()).toEqual(
            all
              .filter(({ timestamp }) => timestamp >= request.stretch.from)
              .filter(matches(filter))
              .map(({ eventId }) => eventId)
              .toSorted(),
          );
          expect(found.isComplete).toBe(true);
          // Where so few rows are of a service and severity, these are looked at before the index is asked.
          if (scanned.cost.plan === 'services') continue;
          expect([found.cost.index, scanned.cost.index]).toEqual(['used', 'unusable']);
          expect(found.cost.rowsRead).toBeLessThan(scanned.cost.rowsRead * 0.8);
        }
      }
    });

    function means(reader: EntryReader) {
      return { reader, budget: { maxMs: 60_000, maxRows: 1e9 }, now: () => performance.now(), signal };
    }
  });
}
