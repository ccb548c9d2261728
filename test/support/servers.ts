import { startDockerEmulator, startDockerMysql } from './docker.ts';
import { startEmbeddedBroker } from './embedded-broker.ts';
import { startLocalEmulator } from './local-emulator.ts';
import { startLocalMysql } from './local-mysql.ts';
import { namedEmulator, namedMysql } from './named.ts';
import { type TestServer, Unavailable } from './server.ts';

/** The real servers that a test run works on. */
export interface TestServers {
  /** URL of a MySQL server, without a database, with the right to create databases. */
  readonly mysqlUrl: string;
  /** `host:port` of the Pub/Sub emulator. */
  readonly emulatorHost: string;
  /** False if our own broker stands in, because no emulator can be had. */
  readonly emulatorIsReal: boolean;
  /** Ends what was started and removes its data. */
  stop(): Promise<void>;
}

type Start = () => Promise<TestServer>;

/**
 * The servers that the environment names (TEST_DATABASE_URL, TEST_PUBSUB_EMULATOR_HOST); else containers,
 * when a Docker engine answers; else the machine's own programs; for Pub/Sub at last our own broker.
 * LMS_TEST_SERVERS=local leaves Docker out. `print` gets one line for each, with the reason. Rejects with
 * what to install when there is no way.
 */
export async function startServers(print: (line: string) => void): Promise<TestServers> {
  const [mysql, emulator] = await allOrNone([
    start('MySQL', [namedMysql, docker(startDockerMysql), startLocalMysql], print),
    start(
      'Pub/Sub',
      [namedEmulator, docker(startDockerEmulator), startLocalEmulator, startEmbeddedBroker],
      print,
    ),
  ]);
  warn(emulator, print);
  return {
    mysqlUrl: mysql.address,
    emulatorHost: emulator.address,
    emulatorIsReal: emulator.warning === undefined,
    async stop() {
      warn(emulator, print);
      await Promise.all([mysql.stop(), emulator.stop()]);
    },
  };
}

function warn({ warning }: TestServer, print: (line: string) => void): void {
  const bar = '!'.repeat(100);
  if (warning !== undefined) print(`${bar}\n${warning}\n${bar}`);
}

/** The first of the ways that is open. */
async function start(
  name: string,
  ways: readonly Start[],
  print: (line: string) => void,
): Promise<TestServer> {
  const reasons: string[] = [];
  for (const way of ways) {
    try {
      const server = await way();
      const because = reasons.length > 0 ? ` (${reasons.join('; ')})` : '';
      print(`${name}: ${server.description}${because}`);
      return server;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      if (error.message !== '') reasons.push(error.message);
    }
  }
  throw new Error(`${name}: no server for the tests: ${reasons.join('; ')}`);
}

/** If one cannot start, the other one is stopped before the error goes on. */
async function allOrNone(
  starting: [Promise<TestServer>, Promise<TestServer>],
): Promise<[TestServer, TestServer]> {
  try {
    return await Promise.all(starting);
  } catch (error) {
    for (const result of await Promise.allSettled(starting)) {
      if (result.status === 'fulfilled') await result.value.stop();
    }
    throw error;
  }
}

function docker(way: Start): Start {
  return () => {
    if (process.env['LMS_TEST_SERVERS'] === 'local') throw new Unavailable('LMS_TEST_SERVERS=local');
    return way();
  };
}
