import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import type { Store } from '../../src/store/store.ts';
import { entry } from './store-entries.ts';
import { expectInStep } from './store-looks.ts';
import { hostOf, mysqlSubject, type StoreSubject } from './store-subject.ts';

/** Sessions of this database that wait for a row: the server has other tests' databases too. */
const WAITING = `SELECT p.id AS id FROM information_schema.innodb_trx
  JOIN information_schema.processlist p ON p.id = trx_mysql_thread_id
  WHERE trx_state = 'LOCK WAIT' AND p.db = DATABASE()`;

describe('MySQL: what workers commit between the snapshot of a repair and its changes', () => {
  let subject: StoreSubject<MySqlTarget>;
  let store: Store;

  beforeEach(async () => {
    subject = await mysqlSubject();
    store = await subject.open();
    await store.migrate();
    await store.write([entry({ eventId: 'a' }), entry({ eventId: 'b', serviceName: 'bravo' })]);
  });
  afterEach(() => subject.dispose());

  /**
   * Runs a repair that has taken its snapshot, and changes its first row, of service alpha, only after
   * `meanwhile`.
   */
  async function repairAround(meanwhile: () => Promise<unknown>): Promise<void> {
    await subject.sql("UPDATE service_severity_minutes SET `count` = 5 WHERE service_name = 'alpha'");
    const { user, password, database } = subject.target;
    await using blocker = await createConnection({ ...hostOf(subject.target), user, password, database });
    await blocker.query('START TRANSACTION');
    // By its whole key, which locks this row and nothing beside it.
    await blocker.query(
      `SELECT * FROM service_severity_minutes
       WHERE minute = '2026-03-29 01:30:00' AND service_name = 'alpha' AND severity = 'info' FOR UPDATE`,
    );
    const repair = store.repair({ apply: true });
    // MariaDB renews this table only when nobody has read it for 100 ms.
    await expect.poll(() => subject.sql(WAITING), { interval: 250, timeout: 10_000 }).not.toHaveLength(0);
    await meanwhile();
    await blocker.query('ROLLBACK');
    await repair;
  }

  it.each([
    ['too high', 'UPDATE service_severity SET `count` = 9'],
    ['too low', 'UPDATE service_severity SET `count` = 0'],
    ['missing', 'DELETE FROM service_severity'],
    [
      'of nothing',
      "INSERT INTO service_severity (service_name, severity, `count`) VALUES ('new', 'warn', 9)",
    ],
  ])('stays in counts that are %s', async (_, tamper) => {
    await subject.sql(tamper);
    const later = '2026-03-29 02:00:00.000000';
    await repairAround(() =>
      store.write([
        entry({ eventId: 'c', serviceName: 'bravo', timestamp: later }),
        entry({ eventId: 'd', serviceName: 'new', severity: 'warn', timestamp: later }),
      ]),
    );
    await expectInStep(store, 4);
  });

  it('a repair whose connection is killed is done again from a new snapshot', async () => {
    await subject.sql('DELETE FROM service_severity');
    await repairAround(async () => {
      const [session] = await subject.sql(WAITING);
      await subject.sql(`KILL ${String(session?.['id'])}`);
    });
    await expectInStep(store, 2);
  });
});
