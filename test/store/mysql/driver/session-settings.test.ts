import { expect, it } from 'vitest';
import { makeSettings } from '../../../../src/store/mysql/driver/session-settings.ts';

const GOOD = {
  max_packet: 67_108_864,
  select_limit: '9223372036854775807',
  sql_mode: 'STRICT_TRANS_TABLES,TRADITIONAL',
  zone: '+00:00',
  autocommit: 1,
};

/**
 * A server that answers what it is asked about its settings with `rows`, and fails statements that `refuses`
 * has an error for.
 */
function server(rows: readonly object[], refuses: (sql: string) => number | undefined = () => undefined) {
  const ran: string[] = [];
  return {
    ran,
    run(sql: string): Promise<void> {
      const errno = refuses(sql);
      if (errno !== undefined) return Promise.reject(Object.assign(new Error('refused'), { errno }));
      ran.push(sql);
      return Promise.resolve();
    },
    select: () => Promise.resolve(rows.map((row) => ({ ...row }))),
  };
}

it('all settings are made in two statements, and the size of a packet is read', async () => {
  const session = server([GOOD]);
  expect(await makeSettings(session, 0)).toBe(67_108_864);
  expect(session.ran).toHaveLength(2);
  expect(session.ran[0]).toMatch(/^SET NAMES utf8mb4 .*sql_select_limit = 9223372036854775807, /);
});

it('the limit of a statement is said to each kind of server in its own unit', async () => {
  const session = server([GOOD]);
  await makeSettings(session, 30_000);
  expect(session.ran[0]).toMatch(/\/\*!80000 , [^*]*\bmax_execution_time = 30000 \*\//);
  expect(session.ran[0]).toMatch(/\/\*M!100000 , [^*]*\bmax_statement_time = 30 \*\//);
});

it.each([1193, 1227, 1290, 1105])(
  'a server that refuses a setting with %i gets the others one by one',
  async (errno) => {
    const session = server([GOOD], (sql) => (sql.includes('timestamp') ? errno : undefined));
    await makeSettings(session, 0);
    expect(session.ran).toContain('SET sql_select_limit = 9223372036854775807');
    expect(session.ran).toContain("SET sql_mode = 'TRADITIONAL'");
    expect(session.ran).toContain('SET NAMES utf8mb4 COLLATE utf8mb4_bin');
    expect(session.ran.some((sql) => sql.includes('timestamp'))).toBe(false);
  },
);

it('an outage while the settings are made is no refusal of a setting', async () => {
  const session = server([GOOD], () => 1053);
  await expect(makeSettings(session, 0)).rejects.toMatchObject({ errno: 1053 });
});

it.each([
  ['sql_select_limit = 1', [{ ...GOOD, select_limit: 1 }]],
  ['sql_select_limit', []],
  ['sql_mode = ANSI', [{ ...GOOD, sql_mode: 'ANSI' }]],
  ['time_zone = SYSTEM', [{ ...GOOD, zone: 'SYSTEM' }]],
  ['autocommit = 0', [{ ...GOOD, autocommit: 0 }]],
])('a session that has still %s is not used', async (setting, rows) => {
  await expect(makeSettings(server(rows), 0)).rejects.toMatchObject({
    code: 'DATABASE_FAILED',
    message: expect.stringContaining(setting) as string,
  });
});
