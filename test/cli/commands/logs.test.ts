import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/logs/entry.ts';
import { lms, type Outcome } from '../lms.ts';
import { entriesOf, type ScratchDatabase, scratchDatabase } from '../scratch-database.ts';

let database: ScratchDatabase;
const special: LogEntry = {
  timestamp: '2026-11-25 12:30:00.000001',
  eventId: 'one~AAAAAAAA',
  serviceName: 'checkout',
  severity: 'warn',
  payload: 'card declined, and said so: "no"',
  tags: '{"code":500,"user":"a b","exact":12345678901234567890,"in":{"side":true}}',
};

beforeAll(async () => {
  database = scratchDatabase();
  await database.write([...entriesOf('alpha', 'info', 60), ...entriesOf('bravo', 'error', 60), special]);
});
afterAll(() => database[Symbol.dispose]());

function logs(...args: readonly string[]): Promise<Outcome> {
  return lms(['logs', '--database-url', database.url, '--tz', 'UTC', ...args]);
}

function json(outcome: Outcome): Record<string, unknown>[] {
  return outcome.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function ids(...args: readonly string[]): Promise<unknown[]> {
  return json(await logs('--json', ...args)).map(({ event_id: id }) => id);
}

describe('lms logs', () => {
  it('shows the newest 100, oldest of them first', async () => {
    const { status, stdout, stderr } = await logs();
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(100);
    const times = lines.map((line) => line.slice(0, 26));
    expect(times).toEqual(times.toSorted());
    expect(lines.at(-1)).toBe(
      '2026-11-25T12:30:00.000001+00:00  warn   checkout  card declined, and said so: "no"  ' +
        'code:500 user:"a b" exact:12345678901234567890 in.side:true',
    );
    expect(stderr).toContain('newest 100');
  });

  it('shows what an expression matches, and no more than that', async () => {
    expect(await ids('service:checkout severity>=warn code:500 "card declined"')).toEqual([special.eventId]);
    expect(await ids('service:alpha', '-n', 'all')).toHaveLength(60);
    expect(await ids('service:alpha', 'Hello', '-n', '3')).toEqual([
      'alpha-info-57',
      'alpha-info-58',
      'alpha-info-59',
    ]);
    expect(await ids('-n', '2', '--', 'service:alpha', '-HELLO')).toEqual([]);
  });

  it('says everything of an entry in JSON, with all digits', async () => {
    const { stdout } = await logs('--json', 'declined');
    const { created_at: createdAt, ...entry } = json({ stdout } as Outcome)[0] ?? {};
    expect(createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(stdout).toContain('"exact":12345678901234567890');
    expect(entry).toMatchObject({
      service_name: 'checkout',
      payload: special.payload,
      severity: 'warn',
      timestamp: '2026-11-25T12:30:00.000001Z',
      id: '20261125T123000000001-one~AAAAAAAA',
      event_id: special.eventId,
      tags: { code: 500, user: 'a b', in: { side: true } },
    });
  });

  it('ends with 1 and prints nothing where nothing matches, as grep does', async () => {
    expect(await logs('nothing-like-it')).toEqual({ status: 1, stdout: '', stderr: '' });
    expect(await logs('nothing-like-it', '--csv')).toMatchObject({ status: 1, stdout: '' });
  });

  it.each([
    [['severity:bad'], /lms: severity:bad\nlms: {10}\^\^\^\n.*debug, info, warn, error, fatal/],
    [['a', '(b'], /lms: a \(b\nlms: {3}\^\n/],
    [['--since', '25:99'], /lms: --since 25:99\nlms: {9}\^{5}\n/],
    [['--until', ''], /--until/],
    [['--tz', 'Mars/Olympus'], /no zone Mars\/Olympus/],
    [['--bogus'], /unknown option '--bogus'/],
    [['-user:bot'], /unknown option '-user:bot'.*\nlms: a condition .* lms logs -- -user:bot\n/],
    [['--json', '--csv'], /cannot be used with/],
    [['--around', '14:00', '--since', '1h'], /cannot be used with/],
    [['-n', '0'], /whole number from 1 to 100,000, or all/],
    [['--since', '1h', '--until', '2h'], /--since 1h is later than --until 2h/],
    [['--since', 'today', '--until', 'today'], /no time .* --until today, which ends where .* day begins/],
    [['--spreadsheet'], /--spreadsheet is for --csv/],
    [['--count', '-n', '5'], /'--count' cannot be used with option '-n/],
    [['--histogram', '-n', '5'], /'--histogram' cannot be used with option '-n/],
    [['-n', 'all', '--around', '14:00'], /not for all/],
    [['-n', 'all', '-C', '2'], /not for all/],
    [['--by', 'severity'], /--by is for --histogram/],
    [['--same-service'], /--same-service is for --context/],
    [['-C', '2', '--reverse'], /cannot be used with/],
    [['--count', '--histogram'], /cannot be used with/],
    [['--fields', 'a,,b'], /names with commas/],
    [['--color', 'pink'], /auto, always, never/],
    [['--values', 'payload'], /--values payload: .*\nCorrect what is named above/],
    [['--histogram', '--by', 'payload'], /--by payload: .*\nCorrect what is named above/],
  ])('ends with 2 for a mistake, and shows where: %j', async (args, message) => {
    const { status, stdout, stderr } = await logs(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    // There is a place to correct where one is marked.
    expect(stderr.includes('at the place shown')).toBe(/^lms: +\^+$/m.test(stderr));
  });

  it('knows what is no id of an entry, which has no place either', async () => {
    const { status, stderr } = await lms(['entry', 'nope', '--database-url', database.url]);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(
        /^lms: nope is no id .*\nCorrect what is named above.* \(QUESTION\)\n$/,
      ) as string,
    });
  });

  it('ends with 0 for --help', async () => {
    expect(await logs('--help')).toMatchObject({ status: 0, stderr: '' });
  });

  it('has bars up to now, whatever a clock that is ahead says, and says what it leaves out', async () => {
    using ahead = scratchDatabase();
    const late = { ...special, timestamp: '9998-01-01 00:00:00.000000' };
    const early = entriesOf('alpha', 'info', 60).map((entry) => ({
      ...entry,
      timestamp: entry.timestamp.replace('2026', '2020'),
    }));
    await ahead.write([...early, late]);
    const bars = (...args: readonly string[]) =>
      lms(['logs', '--database-url', ahead.url, '--tz', 'UTC', '--histogram', '--json', ...args]);
    const start = '2020-11-25T12:00:00Z';
    const day = await bars('--since', start);
    expect(json(day).reduce((sum, { count }) => sum + Number(count), 0)).toBe(60);
    expect(String(json(day).at(-1)?.['to']) < '9000').toBe(true);
    expect(day.stderr).toBe(
      'lms: 1 entry has a time ahead of now and is left out: --until with a later time shows it\n',
    );
    expect(await bars('--since', start, 'service:alpha')).toMatchObject({ status: 0, stderr: '' });
    expect(await bars('declined')).toMatchObject({ status: 0, stdout: '', stderr: day.stderr });
    const all = json(await bars('--since', start, '--until', '9999-01-01'));
    expect(all.reduce((sum, { count }) => sum + Number(count), 0)).toBe(61);
  });

  it('takes names in quotes, as a line of an entry has them', async () => {
    using quoted = scratchDatabase();
    await quoted.write([{ ...special, tags: '{"a b":7}' }]);
    const of = (...args: readonly string[]) =>
      lms(['logs', '--database-url', quoted.url, '--tz', 'UTC', ...args]);
    for (const name of ['a b', '"a b"', '“a b”', 'tags.a b']) {
      expect((await of('--values', name, '--json')).stdout).toBe('{"value":"7","count":1}\n');
      expect((await of('--fields', name)).stdout).toBe('7\n');
      expect((await of('--histogram', '--by', name, '--json')).stdout).toContain('"counts":{"7":1}');
    }
  });

  it('keeps to --since and --until', async () => {
    const of = (...args: readonly string[]) => ids('service:alpha', '-n', 'all', ...args);
    expect(await of('--since', '2026-11-25 12:00:57')).toEqual([
      'alpha-info-57',
      'alpha-info-58',
      'alpha-info-59',
    ]);
    expect(await of('--until', '2026-11-25 12:00')).toEqual([]);
    expect(await of('--since', '2026-11-25', '--until', '2026-11-26')).toHaveLength(60);
    expect(await of('--until', '2026-11-25')).toEqual([]);
  });

  it('includes the line whose time was copied, in --since and in --until', async () => {
    const copied = '2026-11-25T12:00:30.000000+00:00';
    for (const time of [copied, '2026-11-25 12:00:30.000', '2026-11-25 12:00:30'])
      expect(await ids('service:alpha', '--since', time, '--until', time)).toEqual(['alpha-info-30']);
  });

  it('never shows a line before --since', async () => {
    expect(await ids('--since', '2026-11-25T12:30:00.000001Z')).toEqual([special.eventId]);
    expect(await ids('--since', '2026-11-25T12:30:00.0000011Z')).toEqual([]);
    expect(await ids('--since', '2026-11-25T12:30:00.000002Z')).toEqual([]);
  });

  it('reads times in the zone that is asked for, and shows them in it', async () => {
    const { stdout } = await logs('--tz', 'Asia/Kolkata', '--since', '2026-11-25 18:00');
    expect(stdout).toMatch(/^2026-11-25T18:00:00\.000001\+05:30 {2}warn/);
  });

  it('looks around a time: half before, half from it on', async () => {
    expect(await ids('service:alpha', '-n', '5', '--around', '2026-11-25 12:00:30')).toEqual(
      [28, 29, 30, 31, 32].map((n) => `alpha-info-${String(n)}`),
    );
  });

  it('draws bars up to the last minute that there is', async () => {
    using last = scratchDatabase();
    await last.write([
      { ...special, timestamp: '9999-01-01 00:00:00.000000' },
      { ...special, timestamp: '9999-12-31 23:59:59.999999', eventId: 'last' },
    ]);
    const { status, stdout } = await lms(['logs', '--database-url', last.url, '--tz', 'UTC', '--histogram']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^9999-01-01 +1 /);
    expect(stdout).toMatch(/\n9999-12-\d\d +1 +█+\n$/);
  });

  it('answers from tables that are older than it, and says what is not known', async () => {
    using older = scratchDatabase();
    await older.write([special]);
    older.tamper('DROP TABLE lms_processes');
    const { status, stdout, stderr } = await lms(['logs', '--database-url', older.url, '--raw', '--explain']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${special.payload}\n` });
    expect(stderr).toMatch(
      /lms: up to when all is stored is not known: the SQLite file .*: no such table: lms_processes .*`lms migrate up`/,
    );
  });

  it('reads the database that its flag names, whatever replica the environment has', async () => {
    const env = { READ_DATABASE_URL: 'mysql://nobody@127.0.0.1:1/nothing' };
    expect(await lms(['logs', '--database-url', database.url, '--count'], env)).toMatchObject({ status: 0 });
    expect(await lms(['logs', '--count'], { ...env, DATABASE_URL: database.url })).toMatchObject({
      status: 3,
    });
    const both = { DATABASE_URL: 'mysql://nobody@127.0.0.1:1/nothing', READ_DATABASE_URL: database.url };
    expect(await lms(['logs', '--count'], both)).toMatchObject({ status: 0 });
  });
});
