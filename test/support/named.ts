import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { listening } from './ports.ts';
import { type TestServer, Unavailable } from './server.ts';

const ANSWER_TIMEOUT_MS = 10_000;

/** The MySQL server that TEST_DATABASE_URL names; it must answer. */
export async function namedMysql(): Promise<TestServer> {
  const address = process.env['TEST_DATABASE_URL'];
  if (!address) throw new Unavailable('');
  const version = await askVersion(address).catch((error: unknown) => {
    throw new Error(`TEST_DATABASE_URL: ${String(error)}`, { cause: error });
  });
  const description = `${version} at ${new URL(address).host}, named by TEST_DATABASE_URL`;
  return { address, description, stop };
}

/** The emulator that TEST_PUBSUB_EMULATOR_HOST names; it must accept connections. */
export async function namedEmulator(): Promise<TestServer> {
  const address = process.env['TEST_PUBSUB_EMULATOR_HOST'];
  if (!address) throw new Unavailable('');
  const { hostname, port } = new URL(`http://${address}`);
  await listening(hostname, Number(port), AbortSignal.timeout(ANSWER_TIMEOUT_MS));
  return { address, description: `${address}, named by TEST_PUBSUB_EMULATOR_HOST`, stop };
}

async function askVersion(address: string): Promise<string> {
  const connection = await createConnection({ uri: address, connectTimeout: ANSWER_TIMEOUT_MS });
  const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
  await connection.end();
  return String(rows[0]?.['version']);
}

/** It was running before us and goes on. */
function stop(): Promise<void> {
  return Promise.resolve();
}
