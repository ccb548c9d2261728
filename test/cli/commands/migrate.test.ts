import { describe, expect, it } from 'vitest';
import { lms } from '../lms.ts';
import { entriesOf, scratchDatabase } from '../scratch-database.ts';

describe('lms migrate', () => {
  it('says what is missing, creates it, and has nothing to do the second time', async () => {
    using database = scratchDatabase();
    const env = { DATABASE_URL: database.url };
    database.tamper('CREATE TABLE of_somebody_else (x)');

    const before = await lms(['migrate', 'status'], env);
    expect(before).toMatchObject({ status: 0, stderr: '' });
    expect(before.stdout).toMatch(
      /^missing 1 .*\nmissing 2 .*\nmissing 3 .*\nmissing 4 .*\nmissing 5 .*\nmissing 6 .*\nThere are no tables yet; .* Run `lms migrate up`\.\n$/,
    );

    const first = await lms(['migrate', 'up'], env);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toMatch(
      /^applied 1 .*\napplied 2 .*\napplied 3 .*\napplied 4 .*\napplied 5 .*\napplied 6 .*\nThe tables are up to date: version 6\.\n$/,
    );

    const upToDate = { status: 0, stdout: 'The tables are up to date: version 6.\n', stderr: '' };
    expect(await lms(['migrate', 'up'], env)).toEqual(upToDate);
    expect(await lms(['migrate', 'status'], env)).toEqual(upToDate);
    expect(await lms(['verify'], env)).toMatchObject({ status: 0 });
  });

  it('makes the file of SQLite with up', async () => {
    using database = scratchDatabase();
    expect(await lms(['migrate', 'up'], { DATABASE_URL: database.url })).toMatchObject({ status: 0 });
    expect(database.files()).toEqual(['lms.db']);
  });

  it('refuses tables of a newer release, and leaves them as they are', async () => {
    using database = scratchDatabase();
    await database.write(entriesOf('alpha', 'info', 1));
    database.tamper(
      "INSERT INTO lms_schema (version, name, oldest_version, fresh) VALUES (99, 'new', 99, 0)",
    );
    for (const direction of ['status', 'up']) {
      const { status, stderr } = await lms(['migrate', direction, '--database-url', database.url]);
      expect(status).toBe(6);
      expect(stderr).toContain('the tables have version 99');
    }
  });

  it('works with tables of a newer release that let it run, and says so', async () => {
    using database = scratchDatabase();
    await database.write(entriesOf('alpha', 'info', 1));
    database.tamper("INSERT INTO lms_schema (version, name, oldest_version, fresh) VALUES (99, 'new', 1, 0)");
    for (const direction of ['status', 'up']) {
      expect(await lms(['migrate', direction, '--database-url', database.url])).toEqual({
        status: 0,
        stdout: 'The tables have version 99. This release knows version 6, and can work with them.\n',
        stderr: '',
      });
    }
  });

  it('prints its usage and exits 1 without up or status', async () => {
    const { status, stderr } = await lms(['migrate']);
    expect(status).toBe(1);
    expect(stderr).toContain('Usage: lms migrate');
  });
});

describe('without the file of SQLite, what may not create', () => {
  it.each(['migrate status', 'verify', 'repair', 'repair --apply', 'mon --no-create'])(
    'says that it is missing, and makes none: lms %s',
    async (command) => {
      using database = scratchDatabase();
      const { status, stderr } = await lms(command.split(' '), { DATABASE_URL: database.url });
      expect(status).toBe(5);
      expect(stderr).toContain('lms.db: the file is missing');
      expect(database.files()).toEqual([]);
    },
  );
});
