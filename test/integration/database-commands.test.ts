import { createConnection } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { lmsProcess } from '../cli/lms.ts';
import { freshDatabase } from '../support/database.ts';

/** A URL with some of its parts replaced. */
function changed(
  url: string,
  parts: Partial<Pick<URL, 'port' | 'username' | 'password' | 'pathname'>>,
): string {
  return Object.assign(new URL(url), parts).toString();
}

describe('commands on a real MySQL server', () => {
  it('migrate, verify, find a difference', async () => {
    await using database = await freshDatabase();
    const env = { DATABASE_URL: database.url };

    expect(await lmsProcess(['verify'], env)).toMatchObject({ status: 6 });
    expect(await lmsProcess(['migrate', 'up'], env)).toMatchObject({ status: 0, stderr: '' });
    expect(await lmsProcess(['verify'], env)).toMatchObject({ status: 0, stderr: '' });

    const connection = await createConnection(database.url);
    await connection.query(
      "INSERT INTO service_severity (service_name, severity, count) VALUES ('alpha', 'info', 1)",
    );
    await connection.end();
    const { status, stdout } = await lmsProcess(['verify'], env);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^alpha +info +0 +1 +0 +← differs$/m);
  });

  it.each([
    ['no server at the address', { port: '1' }, 3, 'DATABASE_UNREACHABLE'],
    ['a wrong password', { username: 'nobody-of-that-name', password: 'secret' }, 4, 'DATABASE_DENIED'],
    ['an unknown database', { pathname: '/no_database_of_that_name' }, 5, 'DATABASE_MISSING'],
  ])('say in one line that there is %s', async (_name, parts, status, code) => {
    await using database = await freshDatabase();
    const outcome = await lmsProcess(['migrate', 'status'], { DATABASE_URL: changed(database.url, parts) });
    expect(outcome).toMatchObject({ status, stdout: '' });
    expect(outcome.stderr).toMatch(/^lms: .*\n.*\n$/);
    expect(outcome.stderr).toContain(`(${code})`);
    expect(outcome.stderr).not.toContain('secret');
  });
});
