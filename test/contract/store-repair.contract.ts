import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Repair, Store } from '../../src/store/store.ts';
import { entries, entry, shuffled } from './store-entries.ts';
import { expectInStep, persistently } from './store-looks.ts';
import type { StoreSubject } from './store-subject.ts';

const NOTHING: Repair = {
  counts: { total: 0, first: [] },
  minutes: { total: 0, first: [] },
  rollups: { inUse: true, wrong: 0 },
};
const ALPHA = { serviceName: 'alpha', severity: 'info' };

/**
 * What every store does to bring the counts back into step with the rows, and how it lists a run's event ids.
 */
export function repairContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  // Hooks outside of it would run for every other test of a file.
  describe(`${name}: counts and event ids`, () => {
    repairTests(makeSubject);
  });
}

function repairTests(makeSubject: () => Promise<StoreSubject>): void {
  let subject: StoreSubject;
  let store: Store;

  beforeEach(async () => {
    subject = await makeSubject();
    store = await subject.open();
    await store.migrate();
  });
  afterEach(() => subject.dispose());

  describe('repairing', () => {
    it('tables in step have nothing to repair, rows or none', async () => {
      expect(await store.repair({ apply: true })).toEqual(NOTHING);
      await store.write(entries(0, 300));
      expect(await store.repair({ apply: false })).toEqual(NOTHING);
      expect(await store.repair({ apply: true })).toEqual(NOTHING);
      await expectInStep(store, 300);
    });

    it('what is wrong is shown and left alone until it is to be applied', async () => {
      await store.write([entry({ eventId: 'a' }), entry({ eventId: 'b' })]);
      await subject.sql('UPDATE service_severity SET `count` = 5');
      await subject.sql('DELETE FROM service_severity_minutes');
      const wrong: Omit<Repair, 'rollups'> = {
        counts: { total: 1, first: [{ ...ALPHA, rows: 2, counted: 5 }] } as Repair['counts'],
        minutes: {
          total: 1,
          first: [{ minute: '2026-03-29 01:30:00', ...ALPHA, rows: 2, counted: 0 }],
        } as Repair['minutes'],
      };
      expect(await store.repair({ apply: false })).toMatchObject(wrong);
      expect(await store.verify()).toMatchObject({ agree: false });
      expect(await store.repair({ apply: true })).toMatchObject(wrong);
      await expectInStep(store, 2);
    });

    it.each([
      ['counts too high', 'UPDATE service_severity SET `count` = `count` + 7'],
      ['counts too low', 'UPDATE service_severity SET `count` = 2'],
      ['counts of zero', 'UPDATE service_severity SET `count` = 0'],
      ['counts missing', "DELETE FROM service_severity WHERE severity <> 'info'"],
      ['minutes too high', 'UPDATE service_severity_minutes SET `count` = `count` + 7'],
      ['minutes too low', 'UPDATE service_severity_minutes SET `count` = 2'],
      ['minutes missing', 'DELETE FROM service_severity_minutes'],
      [
        'minutes that are no minutes',
        "UPDATE service_severity_minutes SET minute = '2026-03-29 01:30:07' WHERE minute = '2026-03-29 01:30:00'",
      ],
      ['some rows missing', "DELETE FROM service_logs WHERE severity = 'warn'"],
      ['all rows missing', 'DELETE FROM service_logs'],
    ])('%s', async (_, sql) => {
      await store.write(entries(0, 3_000));
      await subject.sql(sql);
      expect(await store.verify()).toMatchObject({ agree: false });
      await store.repair({ apply: true });
      const [{ left } = {}] = await subject.sql('SELECT COUNT(*) AS `left` FROM service_logs');
      await expectInStep(store, Number(left));
      expect(await store.repair({ apply: false })).toEqual(NOTHING);
    });

    it('counts of nothing leave no row behind', async () => {
      await subject.sql(
        "INSERT INTO service_severity (service_name, severity, `count`) VALUES ('ghost', 'warn', 9)",
      );
      await subject.sql(
        "INSERT INTO service_severity_minutes (minute, service_name, severity, `count`) VALUES ('2026-01-01 00:00:00', 'ghost', 'warn', 9)",
      );
      await store.repair({ apply: true });
      expect(await store.verify()).toMatchObject({ agree: true, keys: [] });
      expect(await subject.sql('SELECT * FROM service_severity_minutes')).toEqual([]);
    });

    it('a count near the limit of its column is seen and mended', async () => {
      await store.write([entry()]);
      await subject.sql('UPDATE service_severity SET `count` = 9223372036854775807');
      expect(await store.verify()).toMatchObject({ agree: false });
      expect(await store.repair({ apply: true })).toMatchObject({ counts: { total: 1 } });
      await expectInStep(store, 1);
    });

    it('more differences than are shown are all mended', async () => {
      const hours = Array.from({ length: 900 }, (_, n) => {
        const at = new Date(Date.UTC(2026, 2, 1) + n * 3_600_000).toISOString();
        return entry({ timestamp: `${at.slice(0, 10)} ${at.slice(11, 19)}.000000`, eventId: `event-${n}` });
      });
      await store.write(hours);
      await subject.sql('DELETE FROM service_severity_minutes');
      const { minutes } = await store.repair({ apply: true });
      expect(minutes.total).toBe(900);
      expect(minutes.first).toHaveLength(100);
      expect(minutes.first[0]?.minute).toBe('2026-03-01 00:00:00');
      await expectInStep(store, 900);
    });

    it('while four writers write, nothing they add is lost or doubled', async () => {
      await store.write(entries(0, 2_000));
      await subject.sql('UPDATE service_severity SET `count` = `count` + 50');
      await subject.sql("DELETE FROM service_severity_minutes WHERE severity <> 'info'");
      await subject.sql("DELETE FROM service_logs WHERE severity = 'warn'");
      const mender = await subject.open();
      const writers = await Promise.all([subject.open(), subject.open(), subject.open(), subject.open()]);
      let writing: number = writers.length;
      const write = async (writer: Store, index: number) => {
        for (let round = 0; round < 12; round += 1) {
          const from = 2_000 + round * 300 + index * 100;
          await persistently(writer, shuffled(entries(from, from + 400), index));
          await new Promise(setImmediate);
        }
        writing -= 1;
      };
      let repairs = 0;
      const tamperAndMend = async () => {
        for (; writing > 0; repairs += 1) {
          await tamper(subject, repairs);
          await mender.repair({ apply: true });
          await new Promise(setImmediate);
        }
        await mender.repair({ apply: true });
      };
      await Promise.all([...writers.map(write), tamperAndMend()]);
      expect(repairs).toBeGreaterThan(0);
      const [{ kept } = {}] = await subject.sql('SELECT COUNT(*) AS kept FROM service_logs');
      await expectInStep(store, Number(kept));
    });

    it('two repairs at once mend once', async () => {
      await store.write(entries(0, 3_000));
      const other = await subject.open();
      for (let round = 0; round < 3; round += 1) {
        await subject.sql('UPDATE service_severity SET `count` = `count` + 11');
        await subject.sql("DELETE FROM service_severity_minutes WHERE severity = 'error'");
        const found = await Promise.all([store.repair({ apply: true }), other.repair({ apply: true })]);
        expect(found.filter(({ counts }) => counts.total > 0)).toHaveLength(1);
        await expectInStep(store, 3_000);
      }
    });

    it('tables that are not there are told', async () => {
      const empty = await makeSubject();
      await expect((await empty.open()).repair({ apply: false })).rejects.toMatchObject({
        code: 'SCHEMA_VERSION',
      });
      await empty.dispose();
    });
  });

  describe('the event ids of a run', () => {
    it('are those that begin with its name, as often as they are stored', async () => {
      const ids = [
        'run-1',
        'run-2',
        'run-10',
        'run',
        'run.1',
        'run-',
        'Run-1',
        'run2-1',
        'ru-1',
        'run_1',
        '~',
      ];
      await store.write(ids.map((eventId) => entry({ eventId })));
      await store.write([entry({ eventId: 'run-2', timestamp: '2026-03-29 02:00:00.000000' })]);
      const found: string[] = [];
      for await (const eventId of store.eventIds('run-')) found.push(eventId);
      expect(found.toSorted()).toEqual(['run-', 'run-1', 'run-10', 'run-2', 'run-2']);
    });
  });
}

/** Moves counts up, down and away, as `round` has it: one statement, so that workers may go on. */
async function tamper(subject: StoreSubject, round: number): Promise<void> {
  const table = round % 2 === 0 ? 'service_severity' : 'service_severity_minutes';
  const statements = [
    `UPDATE ${table} SET \`count\` = \`count\` + 3 WHERE severity = 'error'`,
    `DELETE FROM ${table} WHERE severity = 'debug'`,
    `UPDATE ${table} SET \`count\` = 1 WHERE severity = 'fatal'`,
  ];
  await subject.sql(statements[round % statements.length] ?? '').catch(() => undefined);
}
