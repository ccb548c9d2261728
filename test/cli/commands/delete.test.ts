import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lms, type Outcome } from '../lms.ts';
import { entriesOf, type ScratchDatabase, scratchDatabase } from '../scratch-database.ts';

let database: ScratchDatabase;

beforeEach(async () => {
  database = scratchDatabase();
  await database.write([
    ...entriesOf('alpha', 'info', 60),
    ...entriesOf('bravo', 'error', 60),
    ...entriesOf('lone', 'warn', 1),
  ]);
});
afterEach(() => database[Symbol.dispose]());

function lmsDelete(...args: readonly string[]): Promise<Outcome> {
  return lms(['delete', '--database-url', database.url, '--tz', 'UTC', ...args]);
}

/** How many are left, of a database whose counts agree with its rows. */
async function left(...expression: readonly string[]): Promise<number> {
  expect(await lms(['verify', '--database-url', database.url])).toMatchObject({ status: 0 });
  return Number((await lms(['logs', '--database-url', database.url, '--count', ...expression])).stdout);
}

describe('lms delete', () => {
  it('says how many match and of which time, deletes them and takes them off the counts', async () => {
    expect(await lmsDelete('service:alpha', '--since', '2026-11-25 12:00:30', '--yes')).toEqual({
      status: 0,
      stdout: 'deleted 30 entries\n',
      stderr:
        'lms: 30 entries from 2026-11-25T12:00:30.000000+00:00 to 2026-11-25T12:00:59.000000+00:00 match\n',
    });
    expect(await left('service:alpha')).toBe(30);
    expect(await left()).toBe(91);
    expect(await lmsDelete('service:lone', '--yes')).toEqual({
      status: 0,
      stdout: 'deleted 1 entry\n',
      stderr: 'lms: 1 entry of 2026-11-25T12:00:00.000000+00:00 matches\n',
    });
    expect(await left('service:lone')).toBe(0);
  });

  it('keeps to --since, --until and --tz as lms logs does', async () => {
    await lmsDelete(
      '--since',
      '2026-11-25 17:30:10',
      '--until',
      '2026-11-25T12:00:19Z',
      '--tz',
      'Asia/Kolkata',
      '--yes',
    );
    expect(await left('service:alpha')).toBe(50);
    expect(await left('time>="2026-11-25T12:00:10Z" time<"2026-11-25T12:00:20Z"')).toBe(0);
  });

  it('only counts by --dry-run, also if it is told --yes', async () => {
    const told =
      '60 entries from 2026-11-25T12:00:00.000000+00:00 to 2026-11-25T12:00:59.000000+00:00 match\n';
    for (const more of [[], ['--yes']])
      expect(await lmsDelete('service:bravo', '--dry-run', ...more)).toEqual({
        status: 0,
        stdout: told,
        stderr: '',
      });
    expect(await lmsDelete('service:bravo', '--dry-run', '--json')).toMatchObject({
      stdout: '{"matching":60,"first":"2026-11-25T12:00:00.000000Z","last":"2026-11-25T12:00:59.000000Z"}\n',
    });
    expect(await left()).toBe(121);
  });

  it('deletes everything only if it is told --all', async () => {
    expect(await lmsDelete('--yes')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/--all deletes everything/) as string,
    });
    expect(await lmsDelete('', ' ', '--yes')).toMatchObject({ status: 2 });
    expect(await left()).toBe(121);
    expect(await lmsDelete('--all', '--yes')).toMatchObject({ status: 0, stdout: 'deleted 121 entries\n' });
    expect(await left()).toBe(0);
  });

  it('takes a bound of time for what to delete', async () => {
    expect(await lmsDelete('--until', '2026-11-25 12:00:09', '--yes')).toMatchObject({
      stdout: 'deleted 21 entries\n',
    });
    expect(await left()).toBe(100);
  });

  it('deletes nothing where there is nobody to ask, and says what to do', async () => {
    const { status, stdout, stderr } = await lmsDelete('service:alpha');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/no terminal .*nothing was deleted.*--yes .*--dry-run/);
    expect(await left()).toBe(121);
  });

  it('prints one JSON object', async () => {
    const { status, stdout } = await lmsDelete('service:alpha', 'Hello', '--yes', '--json');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\{"deleted":60,"rows_read":\d+\}\n$/);
    expect(await lmsDelete('service:alpha', '--yes', '--json')).toMatchObject({
      status: 1,
      stdout: '{"deleted":0,"rows_read":0}\n',
    });
    expect(await lmsDelete('service:alpha', '--dry-run', '--json')).toMatchObject({
      status: 1,
      stdout: '{"matching":0}\n',
    });
  });

  it('ends with 1 and prints nothing where nothing matches', async () => {
    for (const how of ['--yes', '--dry-run'])
      expect(await lmsDelete('nothing-like-it', how)).toEqual({ status: 1, stdout: '', stderr: '' });
    expect(await lmsDelete('--until', '2020-01-01', '--yes')).toMatchObject({ status: 1 });
  });

  it.each([
    [['severity:bad'], /lms: severity:bad\nlms: {10}\^\^\^\n.*debug, info, warn, error, fatal/],
    [['--since', '25:99'], /lms: --since 25:99\nlms: {9}\^{5}\n/],
    [['--tz', 'Mars/Olympus', 'a'], /no zone Mars\/Olympus/],
    [['-user:bot'], /unknown option '-user:bot'.*\nlms: a condition .* lms delete -- -user:bot\n/],
    [['--all', 'service:alpha'], /--all is for everything/],
    [['--all', '--since', '2020-01-01'], /--all is for everything/],
    [['--around', '14:00'], /unknown option '--around'/],
    [['-n', '5', 'a'], /unknown option '-n'/],
  ])('ends with 2 for a mistake and deletes nothing: %j', async (args, message) => {
    const { status, stdout, stderr } = await lmsDelete('--yes', ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(await left()).toBe(121);
  });

  it('says so where there are no tables', async () => {
    using empty = scratchDatabase();
    const missing = await lms(['delete', '--database-url', empty.url, 'a', '--yes']);
    expect(missing).toMatchObject({ status: 5, stdout: '' });
    expect(empty.files()).toEqual([]);
  });

  it('asks the database that it deletes from, whatever replica there is', async () => {
    const env = { DATABASE_URL: database.url, READ_DATABASE_URL: 'mysql://nobody@127.0.0.1:1/nothing' };
    expect(await lms(['delete', 'service:alpha', '--yes'], env)).toMatchObject({
      status: 0,
      stdout: 'deleted 60 entries\n',
    });
  });
});
