import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../src/logs/severity.ts';
import { ENTRY_COLUMNS } from '../../src/store/columns.ts';
import { requireSchema } from '../../src/store/schema.ts';
import type { Store } from '../../src/store/store.ts';
import { entries, entry, shuffled } from './store-entries.ts';
import { expectInStep, stored, withoutCreatedAt } from './store-looks.ts';
import type { StoreSubject } from './store-subject.ts';

/** What every store tells of its tables. */
export function readingContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  // Hooks outside of it would run for every other test of a file.
  describe(`${name}: tables`, () => {
    readingTests(makeSubject);
  });
}

function readingTests(makeSubject: () => Promise<StoreSubject>): void {
  let subject: StoreSubject;
  let store: Store;

  beforeEach(async () => {
    subject = await makeSubject();
    store = await subject.open();
  });
  afterEach(() => subject.dispose());

  describe('migrations', () => {
    it('an empty database has version 0, is refused for writing, and migrates to the newest version', async () => {
      const { current, known, pending } = await store.schemaStatus();
      expect(current).toBe(0);
      expect(pending.map(({ version }) => version)).toEqual(
        Array.from({ length: known }, (_, index) => index + 1),
      );
      await expect(requireSchema(store)).rejects.toMatchObject({ code: 'SCHEMA_VERSION' });

      expect(await store.migrate()).toEqual({ current: known, known, pending: [] });
      expect(await store.schemaStatus()).toEqual({ current: known, known, pending: [] });
      await requireSchema(store);
    });

    it('migrating again keeps the rows', async () => {
      await store.migrate();
      await store.write(entries(0, 10));
      await store.migrate();
      await expectInStep(store, 10);
    });

    it('several processes may migrate at once', async () => {
      const others = await Promise.all([subject.open(), subject.open(), subject.open()]);
      const results = await Promise.all([store, ...others].map((each) => each.migrate()));
      expect(results.map(({ pending }) => pending)).toEqual([[], [], [], []]);
      const notes = await subject.sql('SELECT version FROM lms_schema');
      expect(notes).toHaveLength(results[0]?.known ?? NaN);
      expect(await subject.sql('SELECT version FROM lms_migrations')).toEqual([{ version: 1 }]);
      expect(await store.scopedSince()).toBeUndefined();
    });

    it('the table has the columns that are written and read, and no others', async () => {
      await store.migrate();
      await store.write([entry()]);
      const [row = {}] = await subject.sql('SELECT * FROM service_logs');
      // How MySQL tells the rows of one attempt from others; SQLite need not.
      const columns = Object.keys(row).filter((name) => name !== 'attempt_id');
      expect(columns).toEqual([...ENTRY_COLUMNS, 'created_at']);
    });

    it('tables of a newer release are accepted if they let this one run', async () => {
      await store.migrate();
      const { known } = await store.schemaStatus();
      await subject.sql(newerTables(known));
      expect(await store.schemaStatus()).toEqual({ current: 999, known, pending: [] });
      expect(await store.migrate()).toEqual({ current: 999, known, pending: [] });
      await requireSchema(store);
      await store.write(entries(0, 10));
      await expectInStep(store, 10);
    });

    it('tables of a newer release are refused if they do not', async () => {
      await store.migrate();
      const { known } = await store.schemaStatus();
      await subject.sql(newerTables(known + 1));
      const refused = {
        code: 'SCHEMA_VERSION',
        message: expect.stringContaining(`need a release that knows version ${known + 1}`) as string,
      };
      await expect(store.schemaStatus()).rejects.toMatchObject(refused);
      await expect(store.migrate()).rejects.toMatchObject(refused);
      await expect(requireSchema(store)).rejects.toMatchObject(refused);
    });

    it('every severity has its place in the tables, and nothing else has', async () => {
      await store.migrate();
      expect(await subject.severities()).toEqual({
        lms_rollups: SEVERITIES,
        service_logs: SEVERITIES,
        service_severity: SEVERITIES,
        service_severity_minutes: SEVERITIES,
      });
    });

    describe('on tables of version 1', () => {
      beforeEach(async () => {
        await store.migrate();
        for (const table of ['lms_schema', 'lms_leases', 'lms_processes'])
          await subject.sql(`DROP TABLE ${table}`);
        await subject.sql("UPDATE lms_migrations SET applied_at = '2026-01-01 00:00:00.000000'");
      });

      it('are all but the first, however many processes do it', async () => {
        await store.write(entries(0, 10));
        expect(await store.schemaStatus()).toMatchObject({
          current: 1,
          pending: [
            { version: 2 },
            { version: 3 },
            { version: 4 },
            { version: 5 },
            { version: 6 },
            { version: 7 },
            { version: 8 },
          ],
        });
        await expect(requireSchema(store)).rejects.toMatchObject({ code: 'SCHEMA_VERSION' });
        const others = await Promise.all([subject.open(), subject.open()]);
        await Promise.all([store, ...others].map((each) => each.migrate()));
        await requireSchema(store);
        await expectInStep(store, 10);
        expect(await subject.sql('SELECT version, oldest_version FROM lms_schema ORDER BY version')).toEqual([
          { version: 2, oldest_version: 1 },
          { version: 3, oldest_version: 1 },
          { version: 4, oldest_version: 1 },
          { version: 5, oldest_version: 1 },
          { version: 6, oldest_version: 1 },
          { version: 7, oldest_version: 1 },
          { version: 8, oldest_version: 1 },
        ]);
        expect(await subject.sql('SELECT version FROM lms_migrations')).toEqual([{ version: 1 }]);
      });

      it.each([
        ['with rows', () => store.write(entries(0, 10))],
        ['without a row, for a worker may be about to write one', () => Promise.resolve()],
      ])('tell until when rows have the earlier identity: %s', async (_, fill) => {
        await fill();
        expect(await store.scopedSince()).toBeUndefined();
        await store.migrate();
        await subject.sql("UPDATE lms_schema SET applied_at = '2026-11-25 23:30:00.250000'");
        expect(await store.scopedSince()).toBe('2026-11-26 00:30:00.250000');
      });
    });

    it('reading tables that are not there says so', async () => {
      await expect(store.verify()).rejects.toMatchObject({ name: 'LmsError', code: 'SCHEMA_VERSION' });
      await expect(store.totals()).rejects.toMatchObject({ name: 'LmsError', code: 'SCHEMA_VERSION' });
      await expect(stored(store)).rejects.toMatchObject({ name: 'LmsError', code: 'SCHEMA_VERSION' });
    });
  });

  describe('verifying', () => {
    const one = { serviceName: 'alpha', severity: 'info' };

    beforeEach(async () => {
      await store.migrate();
      await store.write([
        entry({ eventId: 'a' }),
        entry({ eventId: 'b', timestamp: '2026-03-29 01:31:00.000000' }),
        entry({ eventId: 'c', severity: 'debug' }),
      ]);
    });

    it('empty tables agree', async () => {
      await using other = await emptyStore(makeSubject);
      await expectInStep(other.store, 0);
    });

    it('every service and severity is listed', async () => {
      expect(await store.verify()).toEqual({
        agree: true,
        total: { rows: 3, counted: 3, countedByMinute: 3 },
        keys: expect.arrayContaining([
          { ...one, rows: 2, counted: 2, countedByMinute: 2 },
          { ...one, severity: 'debug', rows: 1, counted: 1, countedByMinute: 1 },
        ]) as unknown,
        differences: [],
        minuteDifferences: [],
        rollups: { wrong: 0, inUse: true },
      });
    });

    it('a row that was taken away is noticed', async () => {
      await subject.sql("DELETE FROM service_logs WHERE event_id = 'a'");
      expect(await store.verify()).toMatchObject({
        agree: false,
        differences: [{ ...one, rows: 1, counted: 2, countedByMinute: 2 }],
        minuteDifferences: [{ ...one, minute: '2026-03-29 01:30:00', rows: 0, counted: 1 }],
      });
    });

    it('a count that was changed is noticed', async () => {
      await subject.sql("UPDATE service_severity SET `count` = 3 WHERE severity = 'info'");
      expect(await store.verify()).toMatchObject({
        agree: false,
        differences: [{ ...one, rows: 2, counted: 3, countedByMinute: 2 }],
        minuteDifferences: [],
      });
    });

    it('a count of a service without rows is noticed', async () => {
      await subject.sql(
        "INSERT INTO service_severity (service_name, severity, `count`) VALUES ('ghost', 'warn', 1)",
      );
      expect(await store.verify()).toMatchObject({
        agree: false,
        differences: [{ serviceName: 'ghost', severity: 'warn', rows: 0, counted: 1, countedByMinute: 0 }],
      });
    });

    it('a count that is missing is noticed', async () => {
      await subject.sql('DELETE FROM service_severity_minutes');
      const { agree, differences, minuteDifferences } = await store.verify();
      expect(agree).toBe(false);
      expect(differences).toHaveLength(2);
      expect(minuteDifferences).toHaveLength(3);
    });

    it('a count in the wrong minute is noticed, although the sums agree', async () => {
      await subject.sql(
        "UPDATE service_severity_minutes SET minute = '2026-03-29 01:40:00' WHERE minute = '2026-03-29 01:31:00'",
      );
      expect(await store.verify()).toMatchObject({
        agree: false,
        differences: [],
        minuteDifferences: [
          { ...one, minute: '2026-03-29 01:31:00', rows: 1, counted: 0 },
          { ...one, minute: '2026-03-29 01:40:00', rows: 0, counted: 1 },
        ],
      });
    });
  });

  describe('reading all rows', () => {
    beforeEach(() => store.migrate());

    it('rows come complete and in order of their key, over many pages and equal timestamps', async () => {
      const sameTime = Array.from({ length: 1_500 }, (_, n) =>
        entry({ timestamp: '2026-03-29 01:31:00.000000', eventId: `same-${String(n).padStart(4, '0')}` }),
      );
      const later = entries(2_000, 3_200);
      await store.write(shuffled(entries(0, 1_000), 3));
      await store.write([...later, ...sameTime].toReversed());
      const expected = [...entries(0, 1_000), ...sameTime, ...later];
      expect((await stored(store)).map(withoutCreatedAt)).toEqual(
        expected.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0)),
      );
    });

    it('exactly one page of rows is one page', async () => {
      await store.write(entries(0, 1_000));
      expect(await stored(store)).toHaveLength(1_000);
    });

    it('whoever stops early, or writes meanwhile, leaves the store in order', async () => {
      await store.write(entries(0, 1_200));
      for (let round = 0; round < 5; round += 1) {
        for await (const { eventId } of store.entries()) {
          if (eventId === 'event-3') break;
        }
      }
      let read = 0;
      for await (const { eventId } of store.entries()) {
        read += 1;
        if (eventId === 'event-7') await store.write(entries(5_000, 5_010));
      }
      expect(read).toBe(1_210);
      await expectInStep(store, 1_210);
    });
  });
}

async function emptyStore(
  makeSubject: () => Promise<StoreSubject>,
): Promise<AsyncDisposable & { readonly store: Store }> {
  const subject = await makeSubject();
  const store = await subject.open();
  await store.migrate();
  return { store, [Symbol.asyncDispose]: () => subject.dispose() };
}

/** Records a version that this program does not know, and from which version on programs can run on it. */
function newerTables(oldestVersion: number): string {
  return `INSERT INTO lms_schema (version, name, oldest_version, fresh)
    VALUES (999, 'from-the-future', ${oldestVersion}, 0)`;
}
