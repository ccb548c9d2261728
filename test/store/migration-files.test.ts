import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseMigration, readMigrations } from '../../src/store/migration-files.ts';

const HEAD = '-- oldest-version: 1\n';

describe('a migration in a file', () => {
  it('has its version and name from the name of the file, and its oldest version from a line of it', () => {
    expect(parseMigration('0012-tags-and-more.sql', '-- oldest-version: 7\nSELECT 1;\n')).toEqual({
      version: 12,
      name: 'tags-and-more',
      oldestVersion: 7,
      statements: ['SELECT 1'],
    });
  });

  it('is cut at semicolons, but not at those in quotes and comments', () => {
    const text = `${HEAD}
-- A note; with a semicolon and don't.
CREATE TABLE a (
  b TEXT DEFAULT 'x;''y;', -- it's one; or the other
  "c;d" TEXT, \`e;f\` TEXT
);
INSERT INTO a VALUES ('--;');
`;
    const [create, insert, ...others] = parseMigration('0001-a.sql', text).statements;
    expect(create?.replace(/\s+/g, ' ')).toBe(
      "CREATE TABLE a ( b TEXT DEFAULT 'x;''y;', \"c;d\" TEXT, `e;f` TEXT )",
    );
    expect(insert).toBe("INSERT INTO a VALUES ('--;')");
    expect(others).toEqual([]);
  });

  it.each([
    ['1-a.sql', `${HEAD}SELECT 1;`, 'is not named'],
    ['0001_a.sql', `${HEAD}SELECT 1;`, 'is not named'],
    ['0002-a.sql', 'SELECT 1;', 'has no line "-- oldest-version: <1 to 2>"'],
    ['0002-a.sql', '-- oldest-version: 3\nSELECT 1;', 'has no line'],
    ['0002-a.sql', '-- oldest-version: 0\nSELECT 1;', 'has no line'],
    ['0001-a.sql', `${HEAD}SELECT 1`, 'does not end with ;'],
    ['0001-a.sql', `${HEAD}SELECT 'a\\';';`, 'may not contain \\'],
    ['0001-a.sql', `${HEAD}SELECT 1 /* ; */;`, 'may not contain /*'],
    ['0001-a.sql', `${HEAD}SELECT 1; # one;`, 'may not contain #'],
  ])('is refused: %s %j %s', (file, text, message) => {
    expect(() => parseMigration(file, text)).toThrow(message);
  });
});

describe('the migrations of a folder', () => {
  let folder: string;
  const read = () => readMigrations(pathToFileURL(`${folder}/`));
  const write = (file: string) => {
    writeFileSync(join(folder, file), `${HEAD}SELECT 1;`);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lms-migrations-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('come oldest first', () => {
    for (const file of ['0002-b.sql', '0001-a.sql', '0003-c.sql']) write(file);
    expect(read().map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it.each([[['0001-a.sql', '0003-c.sql']], [['0001-a.sql', '0001-b.sql']]])(
    'count up from 1, each once: %j is refused',
    (files) => {
      files.forEach(write);
      expect(read).toThrow('expected version 2');
    },
  );
});
