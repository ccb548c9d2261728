import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { millisecondsOf } from '../../src/query/answers/processes.ts';
import type { RetentionBook } from '../../src/retention/ports.ts';
import { openRetentionBook } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { entries } from './store-entries.ts';
import { SILENT, type StoreSubject } from './store-subject.ts';

const BY = { by: 'zoë on a-host' };
const HOLD = {
  id: 'restored-1',
  from: '2026-01-01 00:00:00.000000',
  to: '2026-01-03 00:00:00.000000',
  reason: 'restored from “archive/”',
};

/** What every database keeps of retention. */
export function retentionBookContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: the book of retention`, () => {
    let subject: StoreSubject;
    let store: Store;
    let book: RetentionBook;
    /** Of another process. */
    let others: RetentionBook;

    beforeEach(async () => {
      subject = await makeSubject();
      store = await subject.open();
      await store.migrate();
      book = openRetentionBook(subject.target, { log: SILENT });
      others = openRetentionBook(subject.target, { log: SILENT });
    });
    afterEach(async () => {
      await book.close();
      await others.close();
      await subject.dispose();
    });

    it('has nothing in force at first, and the database’s time', async () => {
      const { now, ...state } = await book.state();
      expect(state).toEqual({ ruleSet: undefined, accounts: [], holds: [] });
      expect(Math.abs(millisecondsOf(now) - Date.now())).toBeLessThan(60_000);
      expect(await book.history()).toEqual([]);
    });

    it('what is known of the size of a row is kept for all, as it was noted last', async () => {
      expect(await book.sizeMark()).toBeUndefined();
      const first = {
        seenBytes: 8_796_093_022_208,
        rows: 12_345_678_901,
        bytesPerRow: 712.4830917874396,
        seenAt: '2026-11-30 12:00:00.123456',
        shrunkAt: undefined,
      };
      await book.markSize(first);
      expect(await others.sizeMark()).toEqual(first);
      const next = { ...first, seenBytes: 1, seenAt: '2026-11-30 13:00:00.000000', shrunkAt: first.seenAt };
      await others.markSize(next);
      expect(await book.sizeMark()).toEqual(next);
    });

    it('rules that were applied are in force for all; the same again are the same set', async () => {
      const first = await book.apply('severity:debug=3d', BY);
      expect(first).toMatchObject({ version: 1, rules: 'severity:debug=3d', appliedBy: BY.by });
      expect((await others.state()).ruleSet).toEqual(first);
      expect(await others.apply('severity:debug=3d', { by: 'another' })).toEqual(first);
      const second = await others.apply('*=365d', BY);
      expect(second.version).toBe(2);
      // What was in force before is a new set if it comes back.
      const third = await book.apply('severity:debug=3d', BY);
      expect(third.version).toBe(3);
      expect(await book.history()).toEqual([third, second, first]);
      expect((await book.state()).ruleSet).toEqual(third);
    });

    it('a setting puts its rules in force only where there never were any', async () => {
      const first = await book.apply('*=30d', { ...BY, ifNone: true });
      expect(first.version).toBe(1);
      expect(await others.apply('*=7d', { ...BY, ifNone: true })).toEqual(first);
      expect(await book.history()).toEqual([first]);
    });

    it('of many that apply at once each has a version of its own, and those that say the same share one', async () => {
      const applied = await Promise.all(
        Array.from({ length: 12 }, (_, n) =>
          (n % 2 === 0 ? book : others).apply(`*=${String(n % 4)}d`, { by: String(n) }),
        ),
      );
      const history = await book.history();
      const versions = history.map(({ version }) => version);
      expect(versions).toEqual(Array.from(versions, (_, n) => versions.length - n));
      // No two that follow each other are the same.
      for (const [n, set] of history.entries()) expect(set.rules).not.toBe(history[n + 1]?.rules);
      for (const [n, set] of applied.entries()) {
        expect(set.rules).toBe(`*=${String(n % 4)}d`);
        expect(history).toContainEqual(set);
      }
    });

    it('of many servers that start at once with other settings, one puts its rules in force', async () => {
      const applied = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          (n % 2 === 0 ? book : others).apply(`*=${String(n)}d`, { by: String(n), ifNone: true }),
        ),
      );
      expect(new Set(applied.map(({ rules }) => rules)).size).toBe(1);
      expect(await book.history()).toEqual([applied[0]]);
    });

    it('a rule’s account has what was deleted and how far it came, by version', async () => {
      const { version } = await book.apply('a=1d; b=2d', BY);
      await store.write(entries(0, 50));
      await book.ran({ version, place: 1, doneTo: '2026-01-02 03:04:05.000000' });
      await store.deleteEntries(entries(0, 20), { rule: { version, place: 1 } });
      await store.deleteEntries(entries(20, 25), { rule: { version, place: 0 } });
      await book.ran({ version, place: 1, doneTo: '2026-01-02 03:04:06.000001' });
      const { accounts, now } = await others.state();
      expect(accounts).toEqual([
        { place: 0, deletedRows: 5, doneTo: undefined, lastRunAt: undefined },
        {
          place: 1,
          deletedRows: 20,
          doneTo: '2026-01-02 03:04:06.000001',
          lastRunAt: expect.stringMatching(/^\d{4}-\d\d-\d\d /) as string,
        },
      ]);
      expect((accounts[1]?.lastRunAt ?? '') <= now).toBe(true);
      await book.apply('c=3d', BY);
      expect((await book.state()).accounts).toEqual([]);
    });

    it('a hold is there until its time is over, or it is released', async () => {
      const hold = await book.hold(HOLD, 3_600);
      expect(hold).toMatchObject(HOLD);
      const { now, holds } = await others.state();
      expect(holds).toEqual([hold]);
      const seconds = (millisecondsOf(hold.until) - millisecondsOf(now)) / 1_000;
      expect(seconds).toBeGreaterThan(3_500);
      expect(seconds).toBeLessThanOrEqual(3_600);
      // The same again is longer.
      expect(
        (await others.hold({ ...HOLD, to: '2026-01-04 00:00:00.000000' }, 7_200)).until > hold.until,
      ).toBe(true);
      await book.hold({ ...HOLD, id: 'another' }, 60);
      expect((await book.state()).holds.map(({ id, to }) => `${id} ${to}`)).toEqual([
        'another 2026-01-03 00:00:00.000000',
        'restored-1 2026-01-04 00:00:00.000000',
      ]);
      await subject.sql(
        "UPDATE lms_retention_holds SET held_until = '2026-01-01 00:00:00' WHERE id = 'another'",
      );
      expect((await book.state()).holds.map(({ id }) => id)).toEqual(['restored-1']);
      expect(await book.release('restored-1')).toBe(true);
      expect(await others.release('restored-1')).toBe(false);
      expect((await book.state()).holds).toEqual([]);
      // What is over is forgotten in the end.
      await book.hold(HOLD, 60);
      expect(await subject.sql('SELECT id FROM lms_retention_holds')).toEqual([{ id: 'restored-1' }]);
    });

    it.each([
      [{ id: '' }, 60, /name of 1 to 64 characters/],
      [{ id: 'é' }, 60, /name of 1 to 64 characters/],
      [{ to: HOLD.from }, 60, /ends after it begins/],
      [{}, 0, /whole seconds/],
      [{}, 1.5, /whole seconds/],
      [{}, Number.MAX_SAFE_INTEGER, /a hundred years/],
    ])('a hold that cannot be is refused: %j for %d s', async (changes, seconds, message) => {
      await expect(book.hold({ ...HOLD, ...changes }, seconds)).rejects.toMatchObject({
        code: 'INPUT',
        message: expect.stringMatching(message) as string,
      });
    });

    it('who and why are cut where their columns end', async () => {
      const set = await book.apply('*=1d', { by: '🚀'.repeat(300) });
      expect(set.appliedBy).toBe('🚀'.repeat(255));
      expect((await book.hold({ ...HOLD, reason: 'é'.repeat(300) }, 60)).reason).toBe('é'.repeat(255));
    });

    it('tables of an earlier release have no rules, and take none', async () => {
      for (const table of ['versions', 'rules', 'holds'])
        await subject.sql(`DROP TABLE lms_retention_${table}`);
      await subject.sql('DELETE FROM lms_schema WHERE version >= 8');
      expect(await book.state()).toMatchObject({ ruleSet: undefined, accounts: [], holds: [] });
      await expect(book.apply('*=1d', BY)).rejects.toMatchObject({ code: 'SCHEMA_VERSION' });
      await store.migrate();
      expect((await book.apply('*=1d', BY)).version).toBe(1);
    });
  });
}
