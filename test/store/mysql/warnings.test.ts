import { describe, expect, it } from 'vitest';
import { databaseWarnings } from '../../../src/store/mysql/warnings.ts';
import type { Row } from '../../../src/store/rows.ts';

const GALERA = '/usr/lib/galera/libgalera_smm.so';

describe('what is warned about on a server', () => {
  it.each([
    [
      'the binary log by statements',
      { log_bin: 'ON', binlog_format: 'STATEMENT' },
      /binlog_format=STATEMENT/,
    ],
    [
      'a node that does not replicate',
      { wsrep_on: 'OFF', wsrep_provider: GALERA, log_bin: 'OFF' },
      /wsrep_on=OFF/,
    ],
  ])('%s', async (_, variables, warning) => {
    expect(await warningsOf(variables)).toEqual([expect.stringMatching(warning)]);
  });

  it.each([
    ['a format of a log that is off', { log_bin: 'OFF', binlog_format: 'STATEMENT' }],
    ['the log by rows', { log_bin: 'ON', binlog_format: 'ROW' }],
    ['the log by rows or statements', { log_bin: 'ON', binlog_format: 'MIXED' }],
    ['a MariaDB in no cluster', { wsrep_on: 'OFF', wsrep_provider: 'none' }],
    ['a MariaDB with an empty provider', { wsrep_on: 'OFF', wsrep_provider: '' }],
    ['a node at work', { wsrep_on: 'ON', wsrep_provider: GALERA, log_bin: 'ON', binlog_format: 'ROW' }],
    ['a server that knows none of it', {}],
  ])('not: %s', async (_, variables) => {
    expect(await warningsOf(variables)).toEqual([]);
  });

  it('what the server refuses to tell is not warned about, the rest is', async () => {
    const denied = Object.assign(new Error('denied'), { code: 'ER_TABLEACCESS_DENIED_ERROR', errno: 1142 });
    const session = {
      select: (sql: string) =>
        sql.startsWith('SHOW') ? Promise.reject(denied) : Promise.resolve([{ name: 'one_a_day' }]),
    };
    expect(await databaseWarnings(session)).toEqual([expect.stringContaining('one_a_day')]);
  });

  it('a connection that is lost meanwhile is an outage', async () => {
    const lost = Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true });
    await expect(databaseWarnings({ select: () => Promise.reject(lost) })).rejects.toBe(lost);
  });
});

function warningsOf(variables: Readonly<Record<string, string>>): Promise<string[]> {
  const rows: readonly Row[] = Object.entries(variables).map(([name, value]) => ({
    Variable_name: name,
    Value: value,
  }));
  return databaseWarnings({ select: (sql) => Promise.resolve(sql.startsWith('SHOW') ? rows : []) });
}
