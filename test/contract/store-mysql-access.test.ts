import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/pipeline/ports.ts';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { eventually } from '../support/eventually.ts';
import { uniqueName } from '../support/names.ts';
import { entries } from './store-entries.ts';
import { hostOf, mysqlSubject, SILENT, type StoreSubject } from './store-subject.ts';

const PASSWORD = 'S3cret/p@ss:word';

describe('MySQL: who may come in', () => {
  let subject: StoreSubject<MySqlTarget>;
  let user: string;

  beforeAll(async () => {
    subject = await mysqlSubject();
    await (await subject.open()).migrate();
    user = uniqueName('u').slice(0, 16);
    await subject.sql(`CREATE USER '${user}'@'%' IDENTIFIED BY '${PASSWORD}'`);
  });
  afterAll(async () => {
    await subject.sql(`DROP USER '${user}'@'%'`);
    await subject.dispose();
  });

  const refusals: [string, () => Partial<MySqlTarget>, string, RegExp][] = [
    [
      'no server',
      () => ({ addresses: [{ host: '127.0.0.1', port: 1 }] }),
      'DATABASE_UNREACHABLE',
      /^no MySQL server answers at 127\.0\.0\.1:1 \(ECONNREFUSED\)$/,
    ],
    [
      'an unknown host',
      () => ({ addresses: [{ host: 'no-such-host.invalid', port: 3306 }] }),
      'DATABASE_UNREACHABLE',
      /no-such-host\.invalid/,
    ],
    ['a wrong password', () => ({ user, password: `${PASSWORD}!` }), 'DATABASE_DENIED', /does not let/],
    [
      'a user without the database',
      () => ({ user, password: PASSWORD }),
      'DATABASE_DENIED',
      /may not use the database/,
    ],
    ['a database that is not there', () => ({ database: 'no_such_lms' }), 'DATABASE_MISSING', /no_such_lms/],
    [
      'a certificate that nobody vouches for',
      () => ({ sslMode: 'verify-ca' }),
      'DATABASE_UNREACHABLE',
      /ssl-mode=verify-ca/,
    ],
    [
      'a file that is not there',
      () => ({ sslMode: 'required', sslCa: '/no/ca.pem' }),
      'SETTINGS',
      /ssl-ca.*\/no\/ca\.pem/,
    ],
    [
      'an address whose name is to be verified',
      () => ({ sslMode: 'verify-identity' }),
      'SETTINGS',
      /host name/,
    ],
  ];

  it.each(refusals)('%s is told in one line without the password', async (_, changes, code, line) => {
    const addresses = [{ ...hostOf(subject.target), host: '127.0.0.1' }];
    const target = { ...subject.target, addresses, ...changes() };
    const error = await openStore(target, { log: SILENT }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'LmsError', code });
    const { message } = error as Error;
    expect(message).toMatch(line);
    expect(message).not.toContain('\n');
    expect(message).not.toContain(PASSWORD);
  });

  it('a user who may only read cannot write: fatal', async () => {
    await subject.sql(`GRANT SELECT ON ${subject.target.database}.* TO '${user}'@'%'`);
    const store = await openStore({ ...subject.target, user, password: PASSWORD }, { log: SILENT });
    await expect(store.write(entries(0, 1))).rejects.toMatchObject({ name: 'StoreError', verdict: 'fatal' });
    expect(await store.totals()).toEqual({ rows: 0 });
    await expect(store.migrate()).rejects.toMatchObject({ code: 'DATABASE_DENIED' });
    await store.close();
  });

  describe('what was there when a write worked is waited for: transient', () => {
    let store: Store;

    beforeAll(async () => {
      await subject.sql(`GRANT ALL ON ${subject.target.database}.* TO '${user}'@'%'`);
    });
    beforeEach(async () => {
      store = await openStore({ ...subject.target, user, password: PASSWORD }, { log: SILENT });
      await store.write(entries(0, 1));
    });
    afterEach(() => store.close());

    it.each([
      ['a privilege', 'REVOKE INSERT ON $database.* FROM $user', 'GRANT INSERT ON $database.* TO $user'],
      ['a table', 'RENAME TABLE service_logs TO restoring', 'RENAME TABLE restoring TO service_logs'],
      [
        'the password',
        "ALTER USER $user IDENTIFIED BY 'the next one'",
        `ALTER USER $user IDENTIFIED BY '${PASSWORD}'`,
      ],
    ])('%s', async (_, withdraw, giveBack) => {
      const { database } = subject.target;
      const sql = (statement: string) =>
        subject.sql(statement.replace('$database', database).replace('$user', `'${user}'@'%'`));
      await sql(withdraw);
      await endConnections();
      try {
        await expect(failure()).resolves.toMatchObject({ name: 'StoreError', verdict: 'transient' });
      } finally {
        await sql(giveBack);
      }
      await endConnections();
      await eventually(() => store.write(entries(0, 2)));
    });

    /** What a write on a new connection fails with. */
    async function failure(): Promise<unknown> {
      for (;;) {
        const error: unknown = await store.write(entries(0, 2)).then(
          () => 'it passed',
          (reason: unknown) => reason,
        );
        if (!(error instanceof StoreError) || !/PROTOCOL|ECONN|EPIPE/.test(error.code)) return error;
      }
    }

    /** Privileges of a connection, and its password, are those of its start. */
    async function endConnections(): Promise<void> {
      const rows = await subject.sql(`SELECT id FROM information_schema.processlist WHERE user = '${user}'`);
      for (const row of rows)
        await subject.sql(`KILL ${String(row['id'] ?? row['ID'])}`).catch(() => undefined);
    }
  });
});
