import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lmsProcess } from '../cli/lms.ts';
import { type Certificate, makeAuthority } from '../support/certificates.ts';
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
