import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openRetentionBook } from '../../../src/store/open.ts';
import { entry } from '../../contract/store-entries.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { archiveDirectory, stored, writeArchive } from '../../support/written-archive.ts';
import { lms, lmsProcess } from '../lms.ts';
import { type ScratchDatabase, scratchDatabase } from '../scratch-database.ts';

const ROWS = Array.from({ length: 30 }, (_, n) =>
  stored(
    entry({
      timestamp: `2020-03-0${String(1 + Math.floor(n / 10))} 10:00:0${String(n % 10)}.000000`,
      eventId: `event-${String(n)}`,
      payload: `number ${String(n)}`,
    }),
  ),
);

describe('lms archive restore', () => {
  let archive: string;
  let database: ScratchDatabase;
  const restore = (...args: string[]) =>
    lms(['archive', 'restore', archive, ...args], { DATABASE_URL: database.url });
  const count = async () => Number((await lms(['logs', '--count'], { DATABASE_URL: database.url })).stdout);

  beforeEach(async () => {
    const place = await archiveDirectory();
    archive = place.text;
    await writeArchive(place, ROWS, { partRows: 4 });
    const scratch = scratchDatabase();
    database = scratch;
    onTestFinished(() => scratch[Symbol.dispose]());
    await scratch.write([entry()]);
  });

  it('says day by day what it restored, and again that it is there', async () => {
    expect(await restore()).toMatchObject({
      status: 0,
      stdout: [
        '2020-03-01  10 entries restored',
        '2020-03-02  10 entries restored',
        '2020-03-03  10 entries restored',
        `Restored 30 entries from ${archive}.`,
        '',
      ].join('\n'),
    });
    const again = await restore('--since', '2020-03-03', '--tz', 'UTC', '--json');
    expect(
      again.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { day: '2020-03-03', stored: 0, duplicates: 10, damaged: [], refused: [] },
      { stored: 0, duplicates: 10, refused: 0, damaged: 0 },
    ]);
    expect(await count()).toBe(31);
    expect(await lms(['verify'], { DATABASE_URL: database.url })).toMatchObject({ status: 0 });
  });

  it('says beforehand what it would restore, without a database', async () => {
    const args = ['archive', 'restore', archive, '--dry-run', '--until', '2020-03-02T10:00:02Z'];
    const { status, stdout } = await lms(args, { DATABASE_URL: 'mysql://nobody@127.0.0.1:1/none' });
    expect(status).toBe(0);
    expect(stdout).toBe(
      '2020-03-01  up to 10 entries\n2020-03-02  up to 4 entries\nWould restore up to 14 entries.\n',
    );
    expect(await count()).toBe(1);
  });

  it('names what is damaged, restores the rest and exits 30', async () => {
    await truncate(join(archive, 'entries/2020-03-02/0001.0002.ndjson.gz'), 40);
    const { status, stdout, stderr } = await restore();
    expect(status).toBe(30);
    expect(stdout).toContain('2020-03-02  not restored: entries/2020-03-02/0001.0002.ndjson.gz is damaged');
    expect(stderr).toContain('a file is damaged: what it should hold is not restored');
    expect(await count()).toBe(27);
  });

  it('names what the database refuses, and restores the rest', async () => {
    database.tamper(`CREATE TRIGGER refuse BEFORE INSERT ON service_logs WHEN NEW.payload = 'number 7'
      BEGIN SELECT RAISE(ABORT, 'refused by the test'); END`);
    const { status, stdout, stderr } = await restore();
    expect(status).toBe(7);
    expect(stdout).toContain('2020-03-01  9 entries restored\n2020-03-01  refused by the database: ');
    expect(stderr).toContain('the database refused 1 entry; all others are restored');
    expect(await count()).toBe(30);
  });

  it.each([
    ['*=30d', '*=30d'],
    ['severity:debug=30d; service:alpha=14d; *=forever', 'service:alpha=14d'],
    ['severity:debug=forever; *=30d', '*=30d'],
    // Whether a word is in one of them, only they know.
    ['nowhere=30d', 'nowhere=30d'],
  ])('asks for a hold where the rules in force would delete of it again: %s', async (text, by) => {
    await rules(database, text);
    const asked = await restore();
    expect([asked.status, await count()]).toEqual([2, 1]);
    expect(asked.stderr).toContain(
      `the rules in force (version 1: ${text}) would delete of this again what is older than they keep, by ${by}\n`,
    );
    expect(asked.stderr).toContain('--hold 7d');
    expect(await restore('--no-hold')).toMatchObject({ status: 0 });
    expect(await count()).toBe(31);
  });

  it.each([
    'severity:debug=30d; *=forever',
    'service:beta=30d; service:beta nowhere=1d',
    'severity:info=forever; *=30d',
    'service:alpha=900y; *=30d',
  ])('asks for none where they would not: %s', async (text) => {
    await rules(database, text);
    expect(await restore()).toMatchObject({ status: 0 });
    expect(await count()).toBe(31);
  });

  it('is told of no manifest of another time that is damaged', async () => {
    await truncate(join(archive, 'manifests/2020-03-02.0001.json'), 40);
    expect(await restore('--since', '2020-03-03', '--tz', 'UTC')).toMatchObject({ status: 0, stderr: '' });
    expect(await restore('--until', '2020-03-02', '--tz', 'UTC')).toMatchObject({ status: 0, stderr: '' });
    expect(await count()).toBe(21);
    const { status, stderr } = await restore();
    expect(status).toBe(30);
    expect(stderr).toContain('a file is damaged: what it should hold is not restored');
  });

  it('holds the time that it restores, before its first row is there', async () => {
    await rules(database, '*=30d');
    // No row can be written: what is held is held all the same.
    database.tamper(
      `CREATE TRIGGER refuse BEFORE INSERT ON service_logs BEGIN SELECT RAISE(ABORT, 'no'); END`,
    );
    await restore('--hold', '7d', '--until', '2020-03-02T10:00:04Z');
    expect(await count()).toBe(1);
    database.tamper('DROP TRIGGER refuse');
    const { status, stdout } = await restore('--hold', '7d', '--until', '2020-03-02T10:00:04Z');
    expect([status, await count()]).toEqual([0, 16]);
    expect(stdout).toMatch(/Retention leaves that time alone until \d{4}-\d\d-\d\d \d\d:\d\d \(UTC\)\.\n$/);
    const book = openBook(database);
    const { now, holds } = await book.state();
    await book.close();
    // Begun again it is one hold, and not two.
    expect(holds).toEqual([
      {
        id: expect.stringMatching(/^restore-/) as string,
        from: '2020-03-01 10:00:00.000000',
        to: '2020-03-02 10:00:05.000000',
        until: expect.any(String) as string,
        reason: `restored from ${archive}`,
      },
    ]);
    const days = (Date.parse(holds[0]!.until) - Date.parse(now)) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThanOrEqual(7);
    // Held as it is, it may be restored again without a word.
    expect(await restore('--until', '2020-03-02T10:00:04Z')).toMatchObject({ status: 0 });
  });

  it.each([
    [['--hold', 'soon'], 'it should be a time, such as 12h, 7d or 2w'],
    [['--hold', 'forever'], 'it should be a time, such as 12h, 7d or 2w'],
    [['--since', 'nonsense'], '--since nonsense'],
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = await restore(...args);
    expect(status).toBeGreaterThan(0);
    expect(stderr).toContain(message);
    expect(await count()).toBe(1);
  });

  it('says that there is no archive, and what one holds that has nothing of a time', async () => {
    const none = await lms(['archive', 'restore', '/nonexistent/archive'], { DATABASE_URL: database.url });
    expect(none).toMatchObject({ status: 31, stdout: '' });
    expect(none.stderr).toContain('there is no archive in /nonexistent/archive');
    const { status, stderr } = await restore('--since', '2021-01-01');
    expect(status).toBe(2);
    expect(stderr).toContain('has nothing of that time: it holds 2020-03-01 to 2020-03-03 (UTC)');
    await truncate(join(archive, 'manifests/2020-03-03.0001.json'), 40);
    const damaged = await restore('--since', '2020-03-03T00:00:00Z');
    expect(damaged.status).toBe(30);
    expect(damaged.stderr).toContain('2020-03-02 (UTC); manifests/2020-03-03.0001.json cannot be read');
  });

  it('is a program of its own', async () => {
    const { status, stdout } = await lmsProcess(['archive', 'restore', archive], {
      DATABASE_URL: database.url,
    });
    expect([status, stdout.split('\n').at(-2)]).toEqual([0, `Restored 30 entries from ${archive}.`]);
  });
});

function openBook({ url }: ScratchDatabase) {
  const path = url.slice('sqlite:'.length);
  return openRetentionBook({ kind: 'sqlite', path }, { log: new RecordingLog() });
}

async function rules(database: ScratchDatabase, text: string): Promise<void> {
  const book = openBook(database);
  await book.apply(text, { by: 'the test' });
  await book.close();
}
