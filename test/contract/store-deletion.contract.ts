import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { SEVERITIES } from '../../src/logs/severity.ts';
import { END_OF_TIME } from '../../src/query/answers/ports.ts';
import type { Filter } from '../../src/query/filter.ts';
import type { RangeDeleted, RangeDeletion } from '../../src/retention/ports.ts';
import { requireRules } from '../../src/retention/rules.ts';
import { byKey } from '../../src/store/batch.ts';
import { openRetentionBook, openWorkLeases } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { entries, entry } from './store-entries.ts';
import { expectInStep, stored } from './store-looks.ts';
import { SILENT, type StoreSubject } from './store-subject.ts';

const RULE = { version: 3, place: 1 };

/** What every store does to delete the rows of a range. */
export function deletionContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: deleting a range`, () => {
    let subject: StoreSubject;
    let store: Store;

    beforeEach(async () => {
      subject = await makeSubject();
      store = await subject.open();
      await store.migrate();
    });
    afterEach(() => subject.dispose());

    const ids = async () => (await stored(store)).map(({ eventId }) => eventId);
    const accounts = async () => {
      const rows = await subject.sql('SELECT version, place, deleted_rows FROM lms_retention_rules');
      return rows.map((row) => Object.values(row).map(Number));
    };

    /** Piece by piece to its end; each piece is checked, and told. */
    async function deleteAll(range: RangeDeletion): Promise<RangeDeleted[]> {
      const pieces: RangeDeleted[] = [];
      for (let after = range.after; ;) {
        const piece = await store.deleteRange({ ...range, after }, { rule: RULE });
        pieces.push(piece);
        expect((await store.verify()).agree).toBe(true);
        if (piece.end === undefined) return pieces;
        if (after !== undefined) expect(byKey(piece.end, after)).toBeGreaterThan(0);
        after = piece.end;
      }
    }

    it('deletes the oldest first, in pieces, and is in step after each of them', async () => {
      const all = entries(0, 3_000);
      await store.write(all);
      const [first, last] = [all[500], all[2_500]];
      const pieces = await deleteAll({ from: first?.timestamp, to: last?.timestamp ?? '', maxRows: 300 });
      expect(pieces.map(({ deleted }) => deleted)).toEqual([300, 300, 300, 300, 300, 300, 200]);
      expect(await accounts()).toEqual([[3, 1, 2_000]]);
      await expectInStep(store, 1_000);
      const left = all.filter((_, n) => n < 500 || n >= 2_500).map(({ eventId }) => eventId);
      expect(await ids()).toEqual(left);
    });

    it('of all time goes with the last row; then there is nothing, and that costs nothing', async () => {
      await store.write([...entries(0, 700), entry({ timestamp: '9999-12-31 23:59:59.999999' })]);
      await deleteAll({ to: END_OF_TIME, maxRows: 5_000 });
      await expectInStep(store, 0);
      for (const table of ['service_severity', 'service_severity_minutes', 'lms_rollups'])
        expect(await subject.sql(`SELECT * FROM ${table}`)).toEqual([]);
      expect(await store.deleteRange({ to: END_OF_TIME, maxRows: 10 })).toEqual({ deleted: 0 });
      await store.write(entries(0, 10));
      await expectInStep(store, 10);
    });

    it('goes through 3,000 rows of one microsecond within its bound', async () => {
      const timestamp = '2026-06-01 12:00:00.000001';
      const tied = Array.from({ length: 3_000 }, (_, n) =>
        entry({ timestamp, eventId: `tie-${String(n)}`, serviceName: `tied-${String(n % 3)}` }),
      );
      await store.write(tied);
      const only = [
        { serviceName: 'tied-0', severity: 'info' },
        { serviceName: 'tied-1', severity: 'info' },
      ] as const;
      const some = await deleteAll({ from: timestamp, to: END_OF_TIME, only, maxRows: 150 });
      expect(Math.max(...some.map(({ deleted }) => deleted))).toBeLessThanOrEqual(150);
      expect(some).toHaveLength(14);
      const rest = await deleteAll({ from: timestamp, to: END_OF_TIME, maxRows: 150 });
      expect(rest.map(({ deleted }) => deleted)).toEqual([150, 150, 150, 150, 150, 150, 100]);
      expect(await accounts()).toEqual([[3, 1, 3_000]]);
    });

    it.each([
      ['every second', 2, 1],
      ['every tenth', 10, 1],
      ['first all, then few', 1, 9],
    ])('of a service alone in large pieces, %s', async (_, first, then) => {
      const all = entries(0, 4_000).map((each, n) => ({
        ...each,
        serviceName: n % (n < 2_000 ? first : first * then) === 0 ? 'wanted' : each.serviceName,
      }));
      await store.write(all);
      const only = SEVERITIES.map((severity) => ({ serviceName: 'wanted', severity }));
      const to = all[3_500]?.timestamp ?? '';
      const pieces = await deleteAll({ from: all[100]?.timestamp, to, only, maxRows: 400 });
      const expected = all.filter(({ serviceName }, n) => serviceName !== 'wanted' || n < 100 || n >= 3_500);
      expect(await ids()).toEqual(expected.map(({ eventId }) => eventId));
      await expectInStep(store, expected.length);
      expect(Math.max(...pieces.map(({ deleted }) => deleted))).toBeLessThanOrEqual(800);
      expect(pieces.length).toBeLessThanOrEqual(Math.ceil((4_000 - expected.length) / 400) * 2 + 1);
    });

    it.each(['rare', 'usual'])('of some services and severities alone, %s ones', async (kind) => {
      const all = entries(0, 4_000);
      await store.write([...all, ...rare()]);
      const only =
        kind === 'rare'
          ? ([{ serviceName: 'rare', severity: 'fatal' }] as const)
          : ([
              { serviceName: 'service-1', severity: 'info' },
              { serviceName: 'service-2', severity: 'info' },
              { serviceName: 'service-2', severity: 'error' },
              { serviceName: 'of-nobody', severity: 'error' },
            ] as const);
      const wanted = ({ serviceName, severity }: LogEntry) =>
        only.some((each) => each.serviceName === serviceName && each.severity === severity);
      const expected = [...all, ...rare()].filter((each) => !wanted(each)).sort(byKey);
      const gone = 4_000 + rare().length - expected.length;
      const pieces = await deleteAll({ to: '2027-01-01', only, maxRows: kind === 'rare' ? 4 : 64 });
      expect(pieces.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(gone);
      expect(await ids()).toEqual(expected.map(({ eventId }) => eventId));
      await expectInStep(store, expected.length);
      expect(await accounts()).toEqual([[3, 1, gone]]);
    });

    it.each([
      ['most', '-"7"', (n: number) => !String(n).includes('7')],
      ['few', '"7"', (n: number) => String(n).includes('7')],
      ['all', 'Hello', () => true],
      ['some by their tags', 'place:1 OR "12"', (n: number) => n % 3 === 1 || String(n).includes('12')],
      ['none', 'nobody', () => false],
    ])('of what a filter matches, %s, each row looked at once', async (_, text, isGone) => {
      const all = entries(0, 3_500).map((each, n) => ({ ...each, tags: `{"place":${String(n % 3)}}` }));
      await store.write(all);
      const [first, last] = [all[500], all[3_000]];
      const filter = filterOf(text);
      const pieces = await deleteAll({
        from: first?.timestamp,
        to: last?.timestamp ?? '',
        filter,
        maxRows: 1_200,
      });
      expect(pieces.map(({ looked }) => looked)).toEqual([1_200, 1_200, 100]);
      const left = all.filter((_, n) => n < 500 || n >= 3_000 || !isGone(n));
      expect(await ids()).toEqual(left.map(({ eventId }) => eventId));
      await expectInStep(store, left.length);
      expect(await accounts()).toEqual(left.length === 3_500 ? [] : [[3, 1, 3_500 - left.length]]);
    });

    it('of what a filter matches, whatever else has the same ids', async () => {
      const twins = [1, 2, 3].flatMap((second) =>
        Array.from({ length: 40 }, (_, n) =>
          entry({
            timestamp: `2026-06-01 12:00:0${String(second)}.000000`,
            eventId: n % 2 === 0 ? `it's ${String(n)} \\ 100% "?"` : `e${String(n)}`,
            payload: (n + second) % 4 === 0 ? 'kept' : 'gone',
          }),
        ),
      );
      await store.write(twins);
      await deleteAll({ to: END_OF_TIME, filter: filterOf('gone'), maxRows: 1_000 });
      expect((await stored(store)).map(({ payload }) => payload)).toEqual(Array<string>(30).fill('kept'));
      await expectInStep(store, 30);
    });

    it('of nothing deletes nothing', async () => {
      await store.write(entries(0, 10));
      expect(await store.deleteRange({ to: END_OF_TIME, only: [], maxRows: 10 })).toEqual({ deleted: 0 });
      await expectInStep(store, 10);
    });

    it('the account of a rule has what was deleted by keys too, and of nobody’s deletion nothing', async () => {
      await store.write(entries(0, 100));
      expect(await store.deleteEntries(entries(0, 10))).toBe(10);
      expect(await accounts()).toEqual([]);
      expect(await store.deleteEntries(entries(5, 30), { rule: RULE })).toBe(20);
      expect(await store.deleteEntries(entries(5, 30), { rule: { ...RULE, place: 2 } })).toBe(0);
      await store.deleteRange({ to: END_OF_TIME, maxRows: 15 }, { rule: RULE });
      expect(await accounts()).toEqual([[3, 1, 35]]);
      await expectInStep(store, 55);
    });

    it('under a lease that is lost deletes nothing, and counts and accounts stay', async () => {
      await store.write(entries(0, 100));
      const leases = openWorkLeases(subject.target, { log: SILENT });
      const lease = await leases.take('retention');
      if (lease === undefined) throw new TypeError('no lease');
      const on = { lease, rule: RULE };
      expect(await store.deleteEntries(entries(0, 10), on)).toBe(10);
      expect(await store.deleteRange({ to: END_OF_TIME, maxRows: 10 }, on)).toMatchObject({ deleted: 10 });
      await leases.release(lease);
      await leases.take('retention');
      await leases.close();
      const only = [{ serviceName: 'service-1', severity: 'info' }] as const;
      for (const range of [{}, { only }])
        await expect(store.deleteRange({ to: END_OF_TIME, maxRows: 10, ...range }, on)).rejects.toMatchObject(
          { code: 'LEASE_LOST' },
        );
      await expect(store.deleteEntries(entries(50, 60), on)).rejects.toMatchObject({ code: 'LEASE_LOST' });
      expect(await accounts()).toEqual([[3, 1, 20]]);
      await expectInStep(store, 80);
    });

    it('by rules that are no longer in force, or where a hold came, deletes nothing, and all stay in step', async () => {
      await store.write(entries(0, 100));
      const book = openRetentionBook(subject.target, { log: SILENT });
      const { version } = await book.apply('*=3d', { by: 'somebody' });
      const on = { rule: { version, place: 0 }, basis: { version, holds: [] } };
      const range = { to: END_OF_TIME, maxRows: 10 };
      expect(await store.deleteRange(range, on)).toMatchObject({ deleted: 10 });
      const hold = {
        id: 'restored',
        from: '2026-01-01 00:00:00',
        to: '2026-01-02 00:00:00',
        reason: 'a test',
      };
      await book.hold(hold, 60);
      const outdated = { code: 'RULES_CHANGED' };
      await expect(store.deleteRange(range, on)).rejects.toMatchObject(outdated);
      await expect(store.deleteEntries(entries(50, 60), on)).rejects.toMatchObject(outdated);
      const known = { ...on, basis: { version, holds: [hold.id] } };
      expect(await store.deleteRange(range, known)).toMatchObject({ deleted: 10 });
      await book.apply('*=forever', { by: 'somebody' });
      await expect(store.deleteRange(range, known)).rejects.toMatchObject(outdated);
      const whichever = { basis: { version: undefined, holds: [hold.id] } };
      expect(await store.deleteEntries(entries(50, 60), whichever)).toBe(10);
      expect(await accounts()).toEqual([[version, 0, 20]]);
      await book.close();
      await expectInStep(store, 70);
    });
  });
}

function filterOf(text: string): Filter {
  const [rule] = requireRules(`${text}=1d`, 'a test');
  if (rule === undefined) throw new TypeError('no rule');
  return rule.filter;
}

/** Few of a service, over a long time. */
function rare(): LogEntry[] {
  return Array.from({ length: 10 }, (_, n) =>
    entry({
      timestamp: `2026-03-${String(20 + n)} 01:31:00.000000`,
      eventId: `rare-${String(n)}`,
      serviceName: 'rare',
      severity: 'fatal',
    }),
  );
}
