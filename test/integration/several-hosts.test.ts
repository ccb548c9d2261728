import { expect, it } from 'vitest';
import { lms } from '../cli/lms.ts';
import { freshDatabase } from '../support/database.ts';

/** Nobody listens there. */
const NOBODY = '127.0.0.1:1';

it.for(['the first', 'the last'])('every command works while %s of two hosts is down', async (which) => {
  await using database = await freshDatabase();
  const { host } = new URL(database.url);
  const hosts = which === 'the first' ? `${NOBODY},${host}` : `${host},${NOBODY}`;
  const env = { DATABASE_URL: database.url.replace(host, hosts) };
  const commands = ['migrate up', 'migrate status', 'verify', 'repair', 'repair --apply', 'config'];
  for (const command of commands) {
    expect(await lms(command.split(' '), env), command).toMatchObject({ status: 0, stderr: '' });
  }
});
