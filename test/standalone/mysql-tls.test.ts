import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { lmsProcess } from '../cli/lms.ts';
import { entries } from '../contract/store-entries.ts';
import { startProxy } from '../contract/store-proxy.ts';
import { type Certificate, makeAuthority } from '../support/certificates.ts';
import { RecordingLog } from '../support/recording-log.ts';
import type { TestServer } from '../support/server.ts';
import { startTlsMysql } from '../support/tls-mysql.ts';
import { startTlsStripper } from '../support/tls-stripper.ts';

/**
 * `ours` has a certificate for the name by which it is called; `strange` has one of the same authority for
 * another name.
 */
let ours: TestServer;
let strange: TestServer;
let folder: string;

const AUTHORITY = makeAuthority('the authority');
const IMPOSTOR = makeAuthority('the authority');
const FILES: Readonly<Record<string, string>> = {
  'ca.pem': AUTHORITY.cert,
  'impostor.pem': IMPOSTOR.cert,
  ...client('client', AUTHORITY.issue('worker')),
  ...client('forged', IMPOSTOR.issue('worker')),
};

function client(name: string, { cert, key }: Certificate): Record<string, string> {
  return { [`${name}-cert.pem`]: cert, [`${name}-key.pem`]: key };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lms-tls-'));
  for (const [name, content] of Object.entries(FILES)) await writeFile(join(folder, name), content);
  [ours, strange] = await Promise.all([
    startTlsMysql(AUTHORITY, 'localhost'),
    startTlsMysql(AUTHORITY, 'db.example'),
  ]);
  for (const { address } of [ours, strange]) {
    await using root = await createConnection({ uri: address, multipleStatements: true });
    await root.query(
      `CREATE DATABASE lms;
       CREATE USER 'tls'@'%' IDENTIFIED BY 'secret' REQUIRE SSL; GRANT ALL ON lms.* TO 'tls'@'%';
       CREATE USER 'either'@'%' IDENTIFIED BY 'secret'; GRANT ALL ON lms.* TO 'either'@'%';
       CREATE USER 'certified'@'%' IDENTIFIED BY 'secret' REQUIRE X509; GRANT ALL ON lms.* TO 'certified'@'%'`,
    );
  }
}, 120_000);

afterAll(async () => {
  await Promise.all([ours.stop(), strange.stop(), rm(folder, { recursive: true })]);
});

/** `lms migrate up` as a user who is let in by TLS only; `parameters` name files by their names. */
async function migrate(port: string | number, parameters: Readonly<Record<string, string>>, user = 'tls') {
  const query = Object.entries(parameters).map(([name, value]) => {
    return `${name}=${value.endsWith('.pem') ? join(folder, value) : value}`;
  });
  return lmsProcess(['migrate', 'up'], {
    DATABASE_URL: `mysql://${user}:secret@localhost:${port}/lms?${query.join('&')}`,
  });
}

function portOf({ address }: TestServer): string {
  return new URL(address).port;
}

describe('TLS to MySQL', () => {
  it.each([
    ['required takes any certificate', { 'ssl-mode': 'required' }],
    ['preferred uses TLS where it is offered', { 'ssl-mode': 'preferred' }],
    ['verify-ca takes one of the authority', { 'ssl-mode': 'verify-ca', 'ssl-ca': 'ca.pem' }],
    ['an authority without a mode is verify-ca', { 'ssl-ca': 'ca.pem' }],
    ['verify-identity takes one with the right name', { 'ssl-mode': 'verify-identity', 'ssl-ca': 'ca.pem' }],
  ])('ssl-mode %s', async (_, parameters) => {
    expect(await migrate(portOf(ours), parameters)).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    [
      'verify-ca refuses another authority of the same name',
      { 'ssl-mode': 'verify-ca', 'ssl-ca': 'impostor.pem' },
    ],
    [
      'verify-identity refuses another authority',
      { 'ssl-mode': 'verify-identity', 'ssl-ca': 'impostor.pem' },
    ],
    ['verify-ca without an authority trusts only those that Node.js knows', { 'ssl-mode': 'verify-ca' }],
  ])('ssl-mode %s', async (_, parameters) => {
    const outcome = await migrate(portOf(ours), parameters);
    expect(outcome).toMatchObject({ status: 3, stdout: '' });
    expect(outcome.stderr).toMatch(
      new RegExp(`^lms: no TLS with localhost:\\d+ under ssl-mode=${parameters['ssl-mode']}: .*certificate`),
    );
  });

  it('ssl-mode verify-identity refuses a certificate for another host; verify-ca does not ask for that', async () => {
    const refused = await migrate(portOf(strange), { 'ssl-mode': 'verify-identity', 'ssl-ca': 'ca.pem' });
    expect(refused).toMatchObject({ status: 3, stdout: '' });
    expect(refused.stderr).toMatch(/ssl-mode=verify-identity: .*localhost.*db\.example/);
    const taken = await migrate(portOf(strange), { 'ssl-mode': 'verify-ca', 'ssl-ca': 'ca.pem' });
    expect(taken).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(['required', 'verify-ca', 'verify-identity'])(
    'ssl-mode %s sends no password to a server without TLS',
    async (mode) => {
      await using stripper = await startTlsStripper(Number(portOf(ours)));
      const outcome = await migrate(stripper.port, { 'ssl-mode': mode, 'ssl-ca': 'ca.pem' });
      expect(outcome).toMatchObject({ status: 3, stdout: '' });
      expect(outcome.stderr).toContain(`under ssl-mode=${mode}`);
    },
  );

  it('a plain connection is not let in where the user needs TLS', async () => {
    for (const mode of ['disabled', 'preferred']) {
      await using stripper = await startTlsStripper(Number(portOf(ours)));
      const outcome = await migrate(stripper.port, { 'ssl-mode': mode });
      expect(outcome).toMatchObject({ status: 4, stdout: '' });
    }
  });

  it('a user who needs a certificate is let in with one of the authority, and not without or with a forged one', async () => {
    const verified = { 'ssl-mode': 'verify-identity', 'ssl-ca': 'ca.pem' };
    const certified = (name: string) => ({
      ...verified,
      'ssl-cert': `${name}-cert.pem`,
      'ssl-key': `${name}-key.pem`,
    });
    expect(await migrate(portOf(ours), certified('client'), 'certified')).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(await migrate(portOf(ours), verified, 'certified')).toMatchObject({ status: 4, stdout: '' });
    const forged = await migrate(portOf(ours), certified('forged'), 'certified');
    expect([3, 4]).toContain(forged.status);
    expect(forged.stderr).toMatch(/^lms: .*\n.*\n$/);
  });
});

/** The port of nobody. */
const NOBODY = 1;
const IS_PLAIN = 'the MySQL server offers no TLS: the connection is plain, as ssl-mode=preferred allows';

describe('ssl-mode=preferred with several servers: each is asked for TLS by itself', () => {
  it.for(['the first', 'the last'])('%s is down, the other one has no TLS', async (which) => {
    await using stripper = await startTlsStripper(Number(portOf(ours)));
    const ports = which === 'the first' ? [NOBODY, stripper.port] : [stripper.port, NOBODY];
    const { store, log } = await openPreferred(ports);
    await store.migrate();
    expect(log.lines.filter(({ message }) => message === IS_PLAIN)).toHaveLength(1);
  });

  it('one with TLS goes away, and the other one has none; it comes back, and is used with TLS', async () => {
    await using stripper = await startTlsStripper(Number(portOf(ours)));
    await using proxy = await startProxy('127.0.0.1', Number(portOf(ours)));
    const { store, log } = await openPreferred([proxy.port, stripper.port]);
    await store.migrate();
    expect(log.lines).toEqual([]);
    proxy.cut();
    await written(store, 0);
    expect(log.lines.map(({ message }) => message)).toEqual([IS_PLAIN]);
    proxy.mend();
    await stripper[Symbol.asyncDispose]();
    await written(store, 10);
    expect(log.lines).toHaveLength(1);
  });

  it('who is let in by TLS only gets to the one that has it', async () => {
    await using stripper = await startTlsStripper(Number(portOf(ours)));
    const { store } = await openPreferred([stripper.port, Number(portOf(ours))], 'tls');
    await store.migrate();
  });
});

/** Closed when the test ends. */
async function openPreferred(ports: readonly number[], user = 'either') {
  const log = new RecordingLog();
  const addresses = ports.map((port) => ({ host: 'localhost', port }));
  const target: MySqlTarget = {
    kind: 'mysql',
    addresses,
    user,
    password: 'secret',
    database: 'lms',
    sslMode: 'preferred',
  };
  const store = await openStore(target, { log });
  onTestFinished(() => store.close());
  return { store, log };
}

/** Ten entries from `first` on are stored, at the second try at the latest: the first may find the server gone. */
async function written(store: Store, first: number): Promise<void> {
  const batch = entries(first, first + 10);
  const result = await store.write(batch).catch((error: unknown) => {
    expect(error).toMatchObject({ verdict: 'transient' });
    return store.write(batch);
  });
  expect(result).toEqual({ stored: 10, duplicates: 0 });
}
