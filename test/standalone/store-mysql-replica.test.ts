import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readPage } from '../../src/query/answers/page.ts';
import type { EntryReader } from '../../src/query/answers/ports.ts';
import { readStoredUpTo } from '../../src/query/answers/stored-up-to.ts';
import { EVERYTHING } from '../../src/query/filter.ts';
import type { MySqlAddress, MySqlTarget } from '../../src/store/connection-target.ts';
import { openEntryReader, openStore } from '../../src/store/open.ts';
import { entry } from '../contract/store-entries.ts';
import { startProxy } from '../contract/store-proxy.ts';
import { SILENT } from '../contract/store-subject.ts';
import { startOwnMysql } from '../support/own-mysql.ts';
import type { TestServer } from '../support/server.ts';

const NOBODY = { host: '127.0.0.1', port: 1 };
const NEVER = new AbortController().signal;

/** Both read-only, each with an entry that says which it is. */
let replicas: readonly [TestServer, TestServer];

beforeAll(async () => {
  replicas = await Promise.all([startOwnMysql(), startOwnMysql()]);
  await Promise.all(replicas.map((server, index) => makeReplica(server, `of replica ${index + 1}`)));
}, 120_000);
afterAll(() => Promise.all(replicas.map((server) => server.stop())));

describe('MySQL: a replica to read from', () => {
  it('is read, though it takes no writes and its user may only read', async () => {
    const [a] = replicas;
    const reader = await opened(addressOf(a));
    expect(await payloads(reader)).toEqual(['of replica 1']);
    expect(await readStoredUpTo(reader, NEVER)).toEqual({ kind: 'unknown' });
    await expect(openStore(target(addressOf(a), NOBODY), { log: SILENT })).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
    });
  });

  it('of several the first that answers is read, in the order given', async () => {
    const [a, b] = [addressOf(replicas[0]), addressOf(replicas[1])];
    expect(await payloads(await opened(a, b))).toEqual(['of replica 1']);
    expect(await payloads(await opened(b, a))).toEqual(['of replica 2']);
    expect(await payloads(await opened(NOBODY, b, a))).toEqual(['of replica 2']);
  });

  it('when one goes away, the next question is asked of another', async () => {
    const [a, b] = [addressOf(replicas[0]), addressOf(replicas[1])];
    await using proxy = await startProxy('127.0.0.1', a.port);
    const reader = await opened({ host: '127.0.0.1', port: proxy.port }, b);
    expect(await payloads(reader)).toEqual(['of replica 1']);
    proxy.cut();
    expect(await payloads(reader)).toEqual(['of replica 2']);
  });

  it('if none can be read, it is said why', async () => {
    await expect(opened(NOBODY, { host: '127.0.0.1', port: 2 })).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: 'no MySQL server answers at 127.0.0.1:1 or 127.0.0.1:2 (ECONNREFUSED)',
    });
  });

  it('whose tables are older answers, and does not know how fresh it is', async () => {
    const [a] = replicas;
    await root(a, 'DROP TABLE lms.lms_processes');
    const reader = await opened(addressOf(a));
    expect(await payloads(reader)).toEqual(['of replica 1']);
    expect(await readStoredUpTo(reader, NEVER)).toMatchObject({
      kind: 'unknown',
      cause: { code: 'SCHEMA_VERSION', message: expect.stringContaining('lacks a table') as string },
    });
    expect(await payloads(reader)).toEqual(['of replica 1']);
  });
});

async function makeReplica(server: TestServer, payload: string): Promise<void> {
  await root(server, 'CREATE DATABASE lms');
  const { user, password } = credentials(server);
  const store = await openStore({ ...target(addressOf(server)), user, password }, { log: SILENT });
  await store.migrate();
  await store.write([entry({ payload })]);
  await store.close();
  await root(server, "CREATE USER 'reader'@'%' IDENTIFIED BY 'secret'");
  await root(server, "GRANT SELECT ON lms.* TO 'reader'@'%'");
  await root(server, 'SET GLOBAL read_only = ON');
  const { length } = await root(server, "SHOW VARIABLES LIKE 'super_read_only'");
  if (length > 0) await root(server, 'SET GLOBAL super_read_only = ON');
}

function credentials({ address }: TestServer): { readonly user: string; readonly password: string } {
  const { username, password } = new URL(address);
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

function addressOf({ address }: TestServer): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port) };
}

function target(...addresses: readonly MySqlAddress[]): MySqlTarget {
  return {
    kind: 'mysql',
    addresses,
    user: 'reader',
    password: 'secret',
    database: 'lms',
    sslMode: 'disabled',
  };
}

/** Closed when the test ends. */
async function opened(...addresses: readonly MySqlAddress[]): Promise<EntryReader> {
  const reader = await openEntryReader(target(...addresses), { log: SILENT });
  onTestFinished(() => reader.close());
  return reader;
}

async function payloads(reader: EntryReader): Promise<string[]> {
  const page = await readPage(
    { filter: EVERYTHING, stretch: { order: 'newest' }, limit: 10 },
    { reader, budget: { maxMs: 60_000, maxRows: 1_000 }, now: () => performance.now(), signal: NEVER },
  );
  return page.entries.map(({ payload }) => payload);
}

async function root({ address }: TestServer, sql: string): Promise<unknown[]> {
  await using connection = await createConnection(address);
  const [rows] = await connection.query(sql);
  return Array.isArray(rows) ? rows : [];
}
