import { createConnection, type ResultSetHeader } from 'mysql2/promise';
import { expect, it } from 'vitest';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { saysAllNew } from '../../src/store/mysql/write/new-rows.ts';
import { insertRows } from '../../src/store/mysql/write/statements.ts';
import { startFoundRowsProxy } from '../support/found-rows-proxy.ts';
import { entry } from './store-entries.ts';
import { repairContract } from './store-repair.contract.ts';
import { hostOf, mysqlSubject, mysqlSubjectBehind, type StoreSubject } from './store-subject.ts';
import { writingContract } from './store-writing.contract.ts';

writingContract('MySQL behind a proxy that asks for CLIENT_FOUND_ROWS', behindProxy);
repairContract('MySQL behind a proxy that asks for CLIENT_FOUND_ROWS', behindProxy);

it.each([
  ['directly', mysqlSubject, [0, 2]],
  ['behind the proxy', behindProxy, [1, 3]],
])('the answer of the server tells new rows: %s', async (_, makeSubject, affected) => {
  const subject = await makeSubject();
  await (await subject.open()).migrate();
  const { user, password, database } = subject.target;
  await using connection = await createConnection({
    ...hostOf(subject.target),
    user,
    password,
    database,
    flags: ['-FOUND_ROWS'],
  });
  const insert = async (...ids: string[]) => {
    const values = ids.flatMap((id) => ['2026-01-01', id, 'alpha', 'info', '', null, 1]);
    const [answer] = await connection.execute<ResultSetHeader>(insertRows(ids.length), values);
    return answer;
  };
  expect(saysAllNew(await insert('a', 'b'), 2)).toBe(true);
  expect(saysAllNew(await insert('c'), 1)).toBe(false);
  const answers = [await insert('a'), await insert('d', 'a', 'e')];
  expect(answers.map((answer) => answer.affectedRows)).toEqual(affected);
  for (const answer of answers) expect(saysAllNew(answer, 3)).toBe(false);
  await subject.dispose();
});

it('an entry that a unique key of somebody else takes for another row is not counted, but refused as a row', async () => {
  for (const makeSubject of [mysqlSubject, behindProxy]) {
    const subject = await makeSubject();
    const store = await subject.open();
    await store.migrate();
    await subject.sql('ALTER TABLE service_logs ADD UNIQUE KEY one_a_service (service_name)');
    await store.write([entry()]);
    for (const batch of [['bravo', 'alpha', 'charlie'], ['alpha']]) {
      const clash = batch.map((serviceName) => entry({ serviceName, eventId: `second-${serviceName}` }));
      await expect(store.write(clash)).rejects.toMatchObject({ verdict: 'row', code: 'NOT_STORED' });
    }
    expect(await store.verify()).toMatchObject({ agree: true, total: { rows: 1 } });
    await subject.dispose();
  }
});

function behindProxy(): Promise<StoreSubject<MySqlTarget>> {
  return mysqlSubjectBehind(startFoundRowsProxy);
}
