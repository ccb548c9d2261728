import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Environment } from '../../src/config/sources.ts';
import { lmsProcess, type Outcome, startLms } from '../cli/lms.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { uniqueName } from '../support/names.ts';

/** To be recognised in any output, written as it is, in part, or percent-encoded. */
const PASSWORD = 'hunter2/S3cret@w:rd';
const PATIENCE = { timeout: 50_000, interval: 50 };
const TRACES = /hunter2|S3cret|w:rd|w%3Ard/;

let project: BrokerProject;
let database: TestDatabase;
let user: string;

beforeAll(async () => {
  [project, database] = await Promise.all([brokerProject(), freshDatabase()]);
  user = uniqueName('u').slice(0, 16);
  await using root = await createConnection(database.url);
  await root.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${PASSWORD}'`);
  await root.query(`GRANT ALL ON ${database.name}.* TO '${user}'@'%'`);
});

afterAll(async () => {
  await using root = await createConnection(database.url);
  await root.query(`DROP USER '${user}'@'%'`);
  await database.drop();
  await project[Symbol.asyncDispose]();
});

/** A URL with the password, right unless a part of it is changed. */
function url(changes: { user?: string; password?: string; at?: string; query?: string; name?: string } = {}) {
  const { host } = new URL(database.url);
  const password = changes.password ?? encodeURIComponent(PASSWORD);
  return `mysql://${changes.user ?? user}:${password}@${changes.at ?? host}/${changes.name ?? database.name}${changes.query ?? ''}`;
}

/** Runs a command that says all it can. */
function loudly(args: readonly string[], env: Environment): Promise<Outcome> {
  return lmsProcess(args, { ...project.env, LOG_LEVEL: 'trace', ...env });
}

describe('a password is in no output', () => {
  it.each([
    ['config'],
    ['config', '--json'],
    ['migrate', 'up'],
    ['verify'],
    ['verify', '--json'],
    ['repair', '--json'],
    ['mon', '--duration', '3', '--dump', '-'],
  ])('of lms %s, when all is well', async (...args) => {
    const outcome = await loudly(args, { DATABASE_URL: url() });
    expect(outcome.status).toBe(0);
    expect(outcome.stdout + outcome.stderr).not.toMatch(TRACES);
  });

  const failures: [string, () => string, number][] = [
    ['the user is denied', () => url({ user: 'nobody-of-that-name' }), 4],
    ['nobody answers', () => url({ at: '127.0.0.1:1' }), 3],
    ['the host is unknown', () => url({ at: 'no-such-host.invalid' }), 3],
    ['the database is missing', () => url({ name: 'no_such_lms' }), 4],
    ['the certificate is not vouched for', () => url({ query: '?ssl-mode=verify-ca' }), 3],
    ['a file is missing', () => url({ query: '?ssl-mode=required&ssl-ca=/no/such.pem' }), 2],
    [
      'the URL has an unknown parameter',
      () => url({ query: `?password=${encodeURIComponent(PASSWORD)}` }),
      2,
    ],
    ['the password is not encoded', () => url({ password: PASSWORD }), 2],
    ['the password ends the URL', () => url({ password: 'hunter2#S3cret' }), 2],
    ['the password has a stray percent sign', () => url({ password: 'hunter2%S3cret' }), 2],
    ['it is another database', () => url().replace('mysql:', 'postgres:'), 2],
    ['the scheme is missing', () => url().replace('mysql://', ''), 2],
  ];

  it.each(failures)('when %s', async (_, broken, status) => {
    const DATABASE_URL = broken();
    const outcomes = await Promise.all([
      loudly(['migrate', 'up'], { DATABASE_URL }),
      loudly(['mon', '--duration', '50'], { DATABASE_URL }),
      loudly(['verify', '--database-url', DATABASE_URL], {}),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual([status, status, status]);
    for (const { stdout, stderr } of outcomes) expect(stdout + stderr).not.toMatch(TRACES);
  });

  it('when the database goes away under the worker', async () => {
    const mon = startLms(['mon'], { ...project.env, LOG_LEVEL: 'trace', DATABASE_URL: url() });
    onTestFinished(async () => {
      await mon.stop();
    });
    await using root = await createConnection(database.url);
    await vi.waitFor(async () => {
      const sql = 'SELECT id FROM information_schema.processlist WHERE user = ?';
      const [sessions] = await root.query<RowDataPacket[]>(sql, [user]);
      expect(sessions).not.toHaveLength(0);
      for (const session of sessions) await root.query('KILL ?', [session['id'] ?? session['ID']]);
    }, PATIENCE);
    const outcome = await mon.stop();
    expect(outcome.stderr).not.toBe('');
    expect(outcome.stdout + outcome.stderr).not.toMatch(TRACES);
  });
});
