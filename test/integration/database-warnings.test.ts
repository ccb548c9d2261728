import { createConnection } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { mysqlTarget } from '../contract/store-subject.ts';
import { openBroker } from '../support/broker.ts';
import { startMon } from '../support/mon-process.ts';
import { startOwnMysql } from '../support/own-mysql.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { openSystem } from '../support/worker-system.ts';

it('lms mon warns of unique keys that it did not make and that may refuse rows, and goes on', async () => {
  const system = await openSystem((await openBroker()).address);
  expect(await system.store.warnings()).toEqual([]);
  await using connection = await createConnection(system.env['DATABASE_URL'] ?? '');
  await connection.query(`ALTER TABLE service_logs ADD UNIQUE KEY one_a_time (service_name, \`timestamp\`),
    ADD UNIQUE KEY prefix_only (\`timestamp\`, event_id(4)),
    ADD UNIQUE KEY harmless (service_name, event_id, \`timestamp\`)`);
  const mon = await startMon(1, system.env);
  await mon.startedCount(1);
  mon.kill('SIGTERM');
  expect(await mon.ended, mon.lines.join('\n')).toBe(0);
  const keys = mon.lines.filter((line) => line.includes('unique key'));
  expect(keys.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 'warn', msg: expect.stringMatching(/unique key that LMS did not make, one_a_time: /) as string },
    {
      level: 'warn',
      msg: expect.stringMatching(/unique key that LMS did not make, prefix_only: /) as string,
    },
  ]);
});

it('a server that logs statements is warned about, before it refuses what is written', async () => {
  const server = await startOwnMysql(['--log-bin=binlog', '--server-id=1', '--binlog-format=STATEMENT']);
  onTestFinished(() => server.stop());
  await using connection = await createConnection(server.address);
  await connection.query('CREATE DATABASE lms');
  const store = await openStore(mysqlTarget(`${server.address}/lms`), { log: new RecordingLog() });
  onTestFinished(() => store.close());
  expect(await store.warnings()).toEqual([expect.stringMatching(/binlog_format=STATEMENT .*1665/)]);
  await expect(store.migrate()).rejects.toThrow('binlog_format');
});
