import { createConnection } from 'mysql2/promise';
import { startBroker } from '../src/broker/broker.ts';
import type { LocalEmulator } from '../test/support/local-emulator.ts';
import { type Database, runLms } from './database.ts';
import { REFUSED_PREFIX } from './messages.ts';

const DATABASE = 'lms_chaos';

/** The servers of a run. Rounds bring their own broker, and have the emulator in turns. */
export interface Stage {
  readonly database: Database;
  /** Name of the database with the tables. */
  readonly name: string;
  /** Undefined if this machine has none. */
  readonly emulator: LocalEmulator | undefined;
}

/** Makes the tables by the program's own `lms migrate up`, with a constraint that refuses some rows. */
export async function setStage(database: Database, emulator: LocalEmulator | undefined): Promise<Stage> {
  const name = `${DATABASE}_${Date.now().toString(36)}`;
  await query(database.url(''), `CREATE DATABASE ${name}`);
  const url = database.url(name);
  await runLms(['migrate', 'up'], url);
  await query(
    url,
    `ALTER TABLE service_logs ADD CONSTRAINT chaos_refuses CHECK (payload NOT LIKE '${REFUSED_PREFIX}%')`,
  );
  await database.inStep(name);
  return { database, name, emulator };
}

export async function clearStage({ database, name }: Stage): Promise<void> {
  await query(database.url(''), `DROP DATABASE IF EXISTS ${name}`);
}

/** The Pub/Sub of a round. */
export interface Arena {
  readonly broker: Awaited<ReturnType<typeof startBroker>> | undefined;
  readonly host: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

export async function openArena(emulator: LocalEmulator | undefined): Promise<Arena> {
  if (emulator !== undefined) {
    return { broker: undefined, host: '127.0.0.1', port: emulator.port, close: () => Promise.resolve() };
  }
  const broker = await startBroker();
  return { broker, host: broker.host, port: broker.port, close: () => broker.close() };
}

async function query(url: string, sql: string): Promise<void> {
  const connection = await createConnection(url);
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}
