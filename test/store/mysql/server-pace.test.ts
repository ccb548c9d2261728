import { expect, it, vi } from 'vitest';
import { MySqlServerPace } from '../../../src/store/mysql/server-pace.ts';
import type { Row } from '../../../src/store/rows.ts';

const UNKNOWN_TABLE = Object.assign(new Error('no such table'), { errno: 1146, code: 'ER_NO_SUCH_TABLE' });
const SYNTAX = Object.assign(new Error('syntax'), { errno: 1064, code: 'ER_PARSE_ERROR' });
const DENIED = Object.assign(new Error('denied'), { errno: 1227, code: 'ER_SPECIFIC_ACCESS_DENIED_ERROR' });

type OneServer = ConstructorParameters<typeof MySqlServerPace>[0][number];

/** A server that answers statements by their first words. */
function server(answers: Readonly<Record<string, () => readonly Row[]>>): OneServer {
  const query = async (sql: string): Promise<readonly Row[]> => {
    await Promise.resolve();
    const known = Object.entries(answers).find(([beginning]) => sql.startsWith(beginning));
    if (known === undefined) throw SYNTAX;
    return known[1]();
  };
  return { use: (work) => work({ query }), close: () => Promise.resolve() };
}

function fails(error: Error): () => never {
  return () => {
    throw error;
  };
}

const NO_GALERA = { 'SHOW GLOBAL STATUS': () => [], 'SELECT MAX': fails(UNKNOWN_TABLE) };

it.each([
  ['MariaDB', 'SHOW ALL SLAVES', [{ Seconds_Behind_Master: 3 }, { Seconds_Behind_Master: 7 }], 7_000],
  ['MySQL', 'SHOW REPLICA', [{ Seconds_Behind_Source: 2 }], 2_000],
  ['both of before', 'SHOW SLAVE', [{ Seconds_Behind_Master: '4' }], 4_000],
  ['a primary', 'SHOW REPLICA', [], 0],
  [
    'one source of two that stands still',
    'SHOW ALL SLAVES',
    [{ Seconds_Behind_Master: null }, { Seconds_Behind_Master: 1 }],
    1_000,
  ],
])('%s says how far it is behind', async (_, sql, rows, replicaMs) => {
  const pace = new MySqlServerPace([server({ ...NO_GALERA, [sql]: () => rows })]);
  expect(await pace.lag()).toEqual({ replicaMs, queuedTransactions: 0, flowControlShare: 0 });
});

it.each([
  [
    'one that may not be asked',
    { 'SHOW ALL': fails(DENIED), 'SHOW REPLICA': fails(DENIED), 'SHOW SLAVE': fails(DENIED) },
  ],
  ['a replica whose replication stands still', { 'SHOW REPLICA': () => [{ Seconds_Behind_Source: null }] }],
  [
    'a connection that is lost',
    { 'SHOW REPLICA': fails(Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST' })) },
  ],
])('%s does not tell', async (_, answers) => {
  const silent = server({ ...NO_GALERA, ...answers });
  expect(await new MySqlServerPace([silent]).lag()).toBeUndefined();
  const other = server({ ...NO_GALERA, 'SHOW REPLICA': () => [{ Seconds_Behind_Source: 2 }] });
  expect(await new MySqlServerPace([silent, other]).lag()).toMatchObject({ replicaMs: 2_000 });
});

it('a replication group says how many transactions wait on the slowest of its members', async () => {
  const group = server({
    'SHOW GLOBAL STATUS': () => [],
    'SELECT MAX': () => [{ queued: 12 }],
    'SHOW REPLICA': fails(DENIED),
  });
  const none = server({
    ...NO_GALERA,
    'SELECT MAX': () => [{ queued: null }],
    'SHOW REPLICA': fails(DENIED),
  });
  expect(await new MySqlServerPace([none, group]).lag()).toMatchObject({ queuedTransactions: 12 });
  expect(await new MySqlServerPace([none]).lag()).toBeUndefined();
});

it('a Galera node says what waits, and for which share of the time since the last look it was held up', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const status = {
    wsrep_cluster_size: '3',
    wsrep_local_recv_queue: '5',
    wsrep_flow_control_paused_ns: '9000000000',
  };
  const node = server({
    ...NO_GALERA,
    'SHOW GLOBAL STATUS': () =>
      Object.entries(status).map(([Variable_name, Value]) => ({ Variable_name, Value })),
  });
  const pace = new MySqlServerPace([node]);
  // What was before is of another time.
  expect(await pace.lag()).toEqual({ replicaMs: 0, queuedTransactions: 5, flowControlShare: 0 });
  vi.advanceTimersByTime(4_000);
  status.wsrep_flow_control_paused_ns = '10000000000';
  expect(await pace.lag()).toMatchObject({ flowControlShare: 0.25 });
  vi.advanceTimersByTime(1_000);
  expect(await pace.lag()).toMatchObject({ flowControlShare: 0 });
  // It was started anew.
  status.wsrep_flow_control_paused_ns = '0';
  vi.advanceTimersByTime(1_000);
  expect(await pace.lag()).toMatchObject({ flowControlShare: 0 });
  status.wsrep_cluster_size = '0';
  expect(await pace.lag()).toBeUndefined();
  vi.useRealTimers();
});

it('whoever asks does not wait for a server that hangs, nor asks it again meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let asked = 0;
  const hung: OneServer = {
    use: () => {
      asked += 1;
      return new Promise(() => undefined);
    },
    close: () => Promise.resolve(),
  };
  const other = server({ ...NO_GALERA, 'SHOW REPLICA': () => [{ Seconds_Behind_Source: 2 }] });
  const pace = new MySqlServerPace([hung, other]);
  for (let look = 0; look < 2; look += 1) {
    const lag = pace.lag();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await lag).toMatchObject({ replicaMs: 2_000 });
  }
  expect(asked).toBe(1);
  vi.useRealTimers();
});
