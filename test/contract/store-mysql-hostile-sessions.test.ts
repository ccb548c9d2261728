import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { expect, inject, it } from 'vitest';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { hostileSettings } from '../support/hostile-settings.ts';
import { startSessionInjector } from '../support/session-injector.ts';
import { readingContract } from './store-reading.contract.ts';
import { hostOf, mysqlSubjectBehind, type StoreSubject } from './store-subject.ts';
import { writingContract } from './store-writing.contract.ts';

// The server that the tests share cannot be set for all; each of these sessions begins as on a server that
// is.
writingContract('sessions that begin with hostile settings', hostileSessions);
readingContract('sessions that begin with hostile settings', hostileSessions);

it('the settings are in force for whoever does not set them', async () => {
  const subject = await hostileSessions();
  const { user, password, database } = subject.target;
  // With query attributes a statement has another form, which the injected one has not.
  const flags = ['-CLIENT_QUERY_ATTRIBUTES'];
  await using plain = await createConnection({ ...hostOf(subject.target), user, password, database, flags });
  const [rows] = await plain.query<RowDataPacket[]>('SELECT @@sql_select_limit AS n, @@time_zone AS zone');
  expect(rows).toEqual([{ n: 1, zone: '+05:00' }]);
  await subject.dispose();
});

async function hostileSessions(): Promise<StoreSubject<MySqlTarget>> {
  await using connection = await createConnection(inject('mysqlUrl'));
  const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
  const settings = hostileSettings(String(rows[0]?.['version']), 'SESSION');
  return await mysqlSubjectBehind((host, port) => startSessionInjector(host, port, settings));
}
