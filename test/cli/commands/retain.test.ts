import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRules } from '../../../src/cli/retain/read-rules.ts';
import { parseDatabaseUrl } from '../../../src/config/database-url.ts';
import type { LogEntry } from '../../../src/logs/entry.ts';
import { openRetentionBook, openWorkLeases } from '../../../src/store/open.ts';
import { columnTime } from '../../support/memory-retention-book.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { lms } from '../lms.ts';
import { type ScratchDatabase, scratchDatabase } from '../scratch-database.ts';

const HOUR_MS = 3_600_000;
const RULES = '# kept\nseverity:debug = 3d\n\ncode:200=14d; * = 1y\n';

const NOWHERE = { env: {}, dotenvPath: '', stdout: new PassThrough(), stderr: new PassThrough() };

let scratch: ScratchDatabase;
let ids = 0;

beforeEach(async () => {
  scratch = scratchDatabase();
  await scratch.write([
    row(1),
    row(100, { severity: 'debug' }),
    row(101, { severity: 'debug', tags: '{"code":200}' }),
    row(100, { severity: 'info', tags: '{"code":200}' }),
    row(400, { tags: '{"code":200}' }),
    row(9_000, { payload: 'ä'.repeat(500) }),
  ]);
});
afterEach(() => {
  scratch[Symbol.dispose]();
});

function row(hours: number, changes: Partial<LogEntry> = {}): LogEntry {
  ids += 1;
  return {
    timestamp: columnTime(Date.now() - hours * HOUR_MS),
    eventId: `e${String(ids)}`,
    serviceName: 'alpha',
    severity: 'info',
    payload: 'Hello',
    tags: null,
    ...changes,
  };
}

function retain(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}) {
  return lms(['retain', ...args], { DATABASE_URL: scratch.url, ...env }, input);
}

function target() {
  const read = parseDatabaseUrl(scratch.url);
  if (read.kind !== 'sqlite') throw new Error('a scratch database is a file');
  return read;
}

describe('lms retain', () => {
  it('deletes nothing where there are no rules, and says so', async () => {
    for (const args of [[], ['--dry-run'], ['rules'], ['rules', '--history']])
      expect(await retain(args)).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^There are no rules of retention, and nothing is deleted/) as string,
      });
    expect((await lms(['verify'], { DATABASE_URL: scratch.url })).stdout).toMatch(/total +6 +6 +6\n/);
  });

  it('shows what rules change and what they would delete, then puts them in force', async () => {
    const dry = await retain(['apply', '-', '--dry-run'], RULES);
    expect(dry.stdout).toMatch(/^\+ severity:debug=3d\n\+ code:200=14d\n\+ \*=365d\n\nRULE +WOULD DELETE/);
    expect(dry.stdout).not.toContain('in force');
    const applied = await retain(['apply', '-'], RULES);
    expect(applied).toMatchObject({
      status: 0,
      stdout: `${dry.stdout}Version 1 of the rules is in force.\n`,
    });
    const again = await retain(['apply', '-', '--no-count'], RULES);
    expect(again.stdout).toMatch(/^These rules are in force already: version 1, of .* UTC, by .* on .*\.\n$/);
    const other = await retain(['apply', '-', '--no-count'], 'severity:debug=2d; *=1y');
    expect(other.stdout).toBe(
      '- severity:debug=3d\n- code:200=14d\n+ severity:debug=2d\n  *=365d\n\nVersion 2 of the rules is in force.\n',
    );
    const history = JSON.parse((await retain(['rules', '--history', '--json'])).stdout) as {
      rules: string;
    }[];
    expect(history.map(({ rules }) => rules)).toEqual([
      'severity:debug=2d; *=365d',
      'severity:debug=3d; code:200=14d; *=365d',
    ]);
  });

  it('says rule by rule what it would delete, deletes that, and keeps account of it', async () => {
    await retain(['apply', '-', '--no-count'], RULES);
    const dry = JSON.parse((await retain(['--dry-run', '--json'])).stdout) as {
      rules: { rule: string; entries: number; estimated_bytes: number; oldest: string; newest: string }[];
    };
    expect(dry.rules.map(({ rule, entries }) => [rule, entries])).toEqual([
      ['severity:debug=3d', 2],
      ['code:200=14d', 1],
      ['*=365d', 1],
    ]);
    const [debug, , all] = dry.rules;
    expect(Date.parse(debug?.newest ?? '') - Date.parse(debug?.oldest ?? '')).toBe(HOUR_MS);
    expect(all?.estimated_bytes).toBeGreaterThan(1_100);
    expect((await retain(['--dry-run'])).stdout).toMatch(
      /\ncode:200=14d +1 +about \d+ B +\d{4}-.* UTC +\d{4}-.* UTC\n/,
    );
    const done = await retain([]);
    expect(done).toMatchObject({ status: 0 });
    expect(done.stdout).toMatch(
      /^RULE +DELETED +OLDER THAN +DONE\nseverity:debug=3d +2 .* yes\ncode:200=14d +1 .* yes\n\*=365d +1 .* yes\n$/,
    );
    expect((await lms(['verify'], { DATABASE_URL: scratch.url })).stdout).toMatch(/total +2 +2 +2\n/);
    expect(JSON.parse((await retain(['--json'])).stdout)).toMatchObject({
      end: 'done',
      version: 1,
      deleted: 0,
    });
    expect((await retain(['rules'])).stdout).toMatch(/\nseverity:debug=3d +2 .* UTC .* UTC\n/);
  });

  it('takes the setting RETENTION for a database that never had rules', async () => {
    const { stdout } = await retain([], '', { RETENTION: 'severity:debug=3d' });
    expect(stdout).toMatch(/\nseverity:debug=3d +2 /);
    const { stderr } = await retain([], '', { RETENTION: '*=1h' });
    expect(stderr).toContain('the setting RETENTION differs from the rules in force');
    expect((await retain(['rules'])).stdout).toContain('by the setting RETENTION on ');
    expect(await retain([], '', { RETENTION: '*=1' })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('RETENTION cannot be understood:\nlms: *=1\n') as string,
    });
  });

  it('leaves out what is held, and shows it', async () => {
    const book = openRetentionBook(target(), { log: new RecordingLog() });
    const hold = {
      id: 'restored',
      from: columnTime(Date.now() - 120 * HOUR_MS),
      to: columnTime(Date.now()),
      reason: 'to look at',
    };
    await book.hold(hold, 3_600);
    await book.close();
    await retain(['apply', '-'], RULES);
    expect((await retain([])).stdout).toMatch(/\nseverity:debug=3d +0 .* yes\ncode:200=14d +1 /);
    expect((await retain(['rules'])).stdout).toMatch(
      /\nHELD FROM +TO +UNTIL +ID +REASON\n.* restored +to look at\n$/,
    );
    expect((await retain(['--dry-run'])).stdout).toContain('What is held is left out');
  });

  it('ends a hold before its time', async () => {
    const book = openRetentionBook(target(), { log: new RecordingLog() });
    const [from, to] = [columnTime(Date.now() - 200 * HOUR_MS), columnTime(Date.now())];
    await book.hold({ id: 'restore-1', from, to, reason: 'to look at' }, 3_600);
    await book.close();
    await retain(['apply', '-', '--no-count'], 'severity:debug=3d');
    expect((await retain(['--json'])).stdout).toContain('"deleted":0');
    const none = await retain(['release', 'restore-2']);
    expect(none).toMatchObject({ status: 2, stdout: '' });
    expect(none.stderr).toContain('there is no hold restore-2');
    expect(await retain(['release', 'restore-1'])).toMatchObject({
      status: 0,
      stdout: 'The hold restore-1 is over.\n',
    });
    expect((await retain(['--json'])).stdout).toContain('"deleted":2');
  });

  it('says what is wrong with rules from standard input', async () => {
    for (const command of ['apply', 'check']) {
      const none = await retain([command, '-'], '# nothing\n');
      expect(none).toMatchObject({ status: 2, stdout: '' });
      expect(none.stderr).toContain('there is no rule in standard input. Expected at least one');
      const wrong = await retain([command, '-'], '*=3d\n*=4 d\n');
      expect(wrong).toMatchObject({ status: 2, stdout: '' });
      expect(wrong.stderr).toContain('standard input cannot be understood:\nlms: line 2:\nlms: *=4 d\n');
    }
  });

  it('stops reading rules at a signal, and changes nothing', async () => {
    const stop = new AbortController();
    const stdin = new PassThrough();
    const reading = readRules('-', { ...NOWHERE, stdin }, stop.signal);
    stdin.write('*=3d\n');
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'STOPPED' });
  });

  it('checks rules without a database, and warns of those that decide nothing', async () => {
    const outcome = await lms(
      ['retain', 'check', '-'],
      { DATABASE_URL: 'mysql://nobody@127.0.0.1:1/none' },
      '*=1y\nservice:a=3d',
    );
    expect(outcome).toEqual({
      status: 0,
      stdout: '*=365d\nservice:a=3d\n',
      stderr:
        'lms: warning: rule 2, service:a=3d, never decides: rule 1, *=365d, matches all that it does, and comes first\n',
    });
  });

  it.each([
    [['check', '-'], '*=3m', 2, '`3m` is no age'],
    [['apply', '-'], 'a=1d\nseverity:dbug=3d', 2, 'line 2:\nlms: severity:dbug=3d'],
    [['apply', '/nonexistent/rules'], '', 13, 'cannot read /nonexistent/rules'],
    [['--dry-run', '--follow'], '', 1, '--dry-run is done once'],
    [['everything'], '', 1, 'too many arguments'],
  ])('%j of %j ends with %i', async (args, input, status, said) => {
    const outcome = await retain(args, input);
    expect(outcome).toMatchObject({ status, stdout: '' });
    expect(outcome.stderr).toContain(said);
  });

  it('is done by one process at a time', async () => {
    const leases = openWorkLeases(target(), { log: new RecordingLog() });
    const lease = await leases.take('retention');
    expect(await retain([])).toMatchObject({
      status: 20,
      stderr: expect.stringMatching(
        /^lms: another process does the rules of retention\n.*\(LEASE_HELD\)\n$/,
      ) as string,
    });
    if (lease !== undefined) await leases.release(lease);
    await leases.close();
    expect(await retain([])).toMatchObject({ status: 0 });
  });

  it('deletes nothing by a clock that jumped ahead, unless it is told that this is right', async () => {
    await retain(['apply', '-', '--no-count'], '*=1y');
    // As if all that is known were of last month.
    const month = columnTime(Date.now() - 31 * 24 * HOUR_MS);
    scratch.tamper(`UPDATE lms_retention_versions SET applied_at = '${month}'`);
    const { stdout } = await lms(['delete', '--since', '30d', '--yes'], { DATABASE_URL: scratch.url });
    expect(stdout).toBe('deleted 5 entries\n');
    expect(await retain([])).toMatchObject({
      status: 25,
      stdout: '',
      stderr: expect.stringMatching(
        /no entry and no run of retention is newer\. Nothing was deleted\n/,
      ) as string,
    });
    expect((await retain(['--trust-clock'])).stdout).toMatch(/\n\*=365d +1 .* yes\n$/);
  });
});
