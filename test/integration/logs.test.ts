import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../src/config/settings.ts';
import type { Environment } from '../../src/config/sources.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { openStore } from '../../src/store/open.ts';
import { lms, lmsProcess, MAIN } from '../cli/lms.ts';
import { entriesOf, scratchDatabase } from '../cli/scratch-database.ts';
import { freshDatabase } from '../support/database.ts';
import { interruptedLms } from '../support/interrupted-lms.ts';
import { askProcessList } from '../support/process-list.ts';
import { RecordingLog } from '../support/recording-log.ts';

const BURST = 2_500;

/** Two services in turn, and a burst of one microsecond. */
const ENTRIES: readonly LogEntry[] = [
  ...entriesOf('alpha', 'info', 60),
  ...entriesOf('bravo', 'error', 60),
  ...Array.from({ length: BURST }, (_none, index) => ({
    timestamp: '2026-11-25 12:10:00.000000',
    eventId: `burst-${String(index).padStart(5, '0')}`,
    serviceName: 'burst',
    severity: 'debug' as const,
    payload: `one of many, number ${String(index)}`,
    tags: JSON.stringify({ code: index % 3 === 0 ? 500 : 200, path: `/p${String(index % 2)}` }),
  })),
];

async function fill(url: string): Promise<void> {
  const { settings } = loadSettings({ flags: {}, env: { DATABASE_URL: url }, dotenvPath: undefined });
  const store = await openStore(settings.database, { log: new RecordingLog() });
  await store.migrate();
  for (let start = 0; start < ENTRIES.length; start += 1_000)
    await store.write(ENTRIES.slice(start, start + 1_000));
  await store.close();
}

describe.each(['MySQL', 'SQLite'])('lms logs on %s', (kind) => {
  let url = '';
  let drop: () => Promise<void> | void = () => undefined;

  beforeAll(async () => {
    if (kind === 'MySQL') {
      const database = await freshDatabase();
      [url, drop] = [database.url, () => database.drop()];
    } else {
      const database = scratchDatabase();
      [url, drop] = [database.url, () => database[Symbol.dispose]()];
    }
    await fill(url);
  });
  afterAll(() => drop());

  function logs(args: readonly string[], env: Environment = {}) {
    return lms(['logs', '--tz', 'UTC', ...args], { DATABASE_URL: url, ...env });
  }

  async function ids(args: readonly string[], env: Environment = {}): Promise<string[]> {
    const { stdout } = await logs([...args, '--fields', 'event_id'], env);
    return stdout.split('\n').filter((line) => line !== '');
  }

  it('gives as many lines as are asked for, with a filter and without one', async () => {
    expect(await ids(['-n', '2300'])).toHaveLength(2_300);
    expect(await ids(['-n', '2300', 'code:*'])).toHaveLength(2_300);
    expect(await ids(['-n', 'all'])).toHaveLength(ENTRIES.length);
    expect(await ids(['-n', 'all', 'many'])).toHaveLength(BURST);
    expect(await ids([])).toHaveLength(100);
    expect(await ids(['many'])).toHaveLength(100);
  });

  it('gives the same lines however little it may look at at once', async () => {
    const small = { QUERY_ROW_BUDGET: '1000', QUERY_TIME_BUDGET: '0.1' };
    for (const args of [
      ['code:500', '-n', 'all'],
      ['number', '-n', '1700'],
      ['-n', '1500', '--reverse'],
      ['service:alpha'],
    ]) {
      const found = await ids(args);
      expect(await ids(args, small)).toEqual(found);
      expect(new Set(found).size).toBe(found.length);
    }
  });

  it('has the lines of all services in the order of their time, newest last, or first', async () => {
    const args = ['service:(alpha OR bravo)', '-n', 'all', '--fields', 'time'];
    const times = (await logs(args)).stdout.trimEnd().split('\n');
    expect(times).toHaveLength(120);
    expect(times).toEqual(times.toSorted());
    expect((await logs([...args, '--reverse'])).stdout.trimEnd().split('\n')).toEqual(times.toReversed());
  });

  it('looks at all of time unless it is told otherwise', async () => {
    expect(await ids(['service:alpha', 'Hello', '-n', '1'])).toEqual(['alpha-info-59']);
  });

  it('counts what matches, as grep -c does', async () => {
    expect(await logs(['--count'])).toMatchObject({ status: 0, stdout: `${String(ENTRIES.length)}\n` });
    expect(await logs(['--count', 'code:500'])).toMatchObject({ status: 0, stdout: '834\n' });
    expect(await logs(['--count', 'severity:error', '--since', '2026-11-25 12:00:30'])).toMatchObject({
      stdout: '30\n',
    });
    expect(await logs(['--count', 'nothing-like-it'])).toEqual({ status: 1, stdout: '0\n', stderr: '' });
    expect(await logs(['--count', '--json', 'code:500'])).toMatchObject({
      stdout: '{"count":834,"exact":true}\n',
    });
  });

  it('draws what matches over time: together it is the count', async () => {
    const { stdout } = await logs(['--histogram', '--by', 'severity', '--json']);
    const buckets = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { count: number; exact: boolean });
    expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(ENTRIES.length);
    expect(buckets.every(({ exact }) => exact)).toBe(true);
    expect(buckets.length).toBeGreaterThan(10);
    const { stdout: text } = await logs([
      '--histogram',
      '--by',
      'path',
      '--since',
      '2026-11-25 12:09',
      '--until',
      '2026-11-25 12:12',
    ]);
    expect(text).toMatch(/^ +count +\/p0 +\/p1\n/);
    expect(text).toMatch(/2026-11-25 12:10(:00)? +2,500 +1,250 +1,250 +█/);
    expect(text).toMatch(/2026-11-25 12:11(:00)? +0 +0 +0\n/);
  });

  it('lists the values of a field, and the names of tags', async () => {
    expect((await logs(['--values', 'service'])).stdout).toMatch(
      /^count +service\n2,500 +burst\n +60 +alpha\n +60 +bravo\n$/,
    );
    expect((await logs(['--values', 'code', '--json', 'path:/p1'])).stdout.split('\n')[0]).toBe(
      '{"value":"200","count":833}',
    );
    expect((await logs(['--values', 'tags'])).stdout).toMatch(/2,500 +code\n2,500 +path\n/);
    expect((await logs(['--values', 'nothing'])).status).toBe(1);
    expect((await logs(['--values', 'time'])).status).toBe(2);
    expect((await logs(['--histogram', '--by', 'payload'])).status).toBe(2);
  });

  it('shows what stands around each, groups apart, and what meets as one', async () => {
    const around = async (...args: string[]) =>
      (await logs(['-C', '1', ...args, '--no-pager'])).stdout
        .split('\n')
        .map((line) => line.replace(/^(..)2026-11-25T12:00:(\d\d)\S+ +\S+ +(\S+).*$/, '$1$3 $2'));
    const [alpha10, alpha30] = ['time:"2026-11-25T12:00:10Z"', 'time:"2026-11-25T12:00:30Z"'];
    expect(await around(`service:alpha (${alpha10} OR ${alpha30})`, '--same-service')).toEqual([
      '  alpha 09',
      '> alpha 10',
      '  alpha 11',
      '--',
      '  alpha 29',
      '> alpha 30',
      '  alpha 31',
      '',
    ]);
    expect(await around(`service:alpha ${alpha10}`)).toEqual(['  bravo 09', '> alpha 10', '  bravo 10', '']);
    expect(
      await around(
        'service:alpha time>="2026-11-25T12:00:10Z" time<"2026-11-25T12:00:13Z"',
        '--same-service',
      ),
    ).toEqual(['  alpha 09', '> alpha 10', '> alpha 11', '> alpha 12', '  alpha 13', '']);
  });

  it('says how it came by its answer', async () => {
    const { stderr } = await logs(['service:alpha', '-n', '5', '--explain']);
    expect(stderr).toMatch(
      /^lms: read by the index of services and severities: [\d,]+ rows for 5, in \d+ ms and 1 page\n$/,
    );
    expect((await logs(['many', '--explain'])).stderr).toMatch(/in the order of time: [\d,]+ rows for 100/);
    expect((await logs(['--count', '--explain'])).stderr).toMatch(/counted from the counts by minute/);
  });

  it('shows one entry whole, by the id that it is listed with', async () => {
    const listed = (await logs(['event_id:burst-00017', '--fields', 'id'])).stdout.trim();
    const entry = (...args: string[]) => lms(['entry', '--tz', 'UTC', ...args], { DATABASE_URL: url });
    const { status, stdout } = await entry(listed);
    expect(status).toBe(0);
    expect(stdout).toContain(`id        ${listed}\n\none of many, number 17\n\n{\n  "code": 200,`);
    expect(JSON.parse((await entry(listed, '--json')).stdout)).toMatchObject({
      id: listed,
      event_id: 'burst-00017',
    });
    expect((await entry(listed, '--raw')).stdout).toBe('one of many, number 17');
    expect(await entry(`${listed}x`)).toMatchObject({ status: 1, stdout: '' });
    expect(await entry('no-id')).toMatchObject({ status: 2, stdout: '' });
    expect(await entry()).toMatchObject({ status: 2, stdout: '' });
  });

  it('ends when nobody reads any more', async () => {
    const script = `'${process.execPath}' '${MAIN}' logs -n all; echo "status $?" >&2`;
    const shell = spawn('sh', ['-c', `(${script}) | head -n 1`], {
      env: { DATABASE_URL: url, PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { out: '', err: '' };
    shell.stdout.setEncoding('utf8').on('data', (part: string) => (output.out += part));
    shell.stderr.setEncoding('utf8').on('data', (part: string) => (output.err += part));
    await once(shell, 'close');
    expect(output.out.trimEnd().split('\n')).toHaveLength(1);
    expect(output.err).toBe('status 0\n');
  });

  it('gives what it found when it is interrupted, says where, and ends with 130', async () => {
    // Nobody reads on: it waits with the first page, whatever the time.
    const { status, stdout, stderr } = await interruptedLms(['logs', '-n', 'all', '--json', '--tz', 'UTC'], {
      DATABASE_URL: url,
    });
    expect(status).toBe(130);
    expect(stderr).toMatch(
      /^lms: stopped before the end: searched up to 2026-11-25 12:10:00\.000000\n.*\(STOPPED\)\n$/,
    );
    const found = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event_id: string });
    // Whole pages of it: the pipe holds some of them.
    expect([1_000, 2_000]).toContain(found.length);
  });
});

describe('lms logs on MySQL', () => {
  it('reads from READ_DATABASE_URL if there is one', async () => {
    await using database = await freshDatabase();
    await fill(database.url);
    const env = { DATABASE_URL: 'mysql://nobody@127.0.0.1:1/nothing', READ_DATABASE_URL: database.url };
    expect(await lms(['logs', '--count'], env)).toMatchObject({
      status: 0,
      stdout: `${String(ENTRIES.length)}\n`,
    });
    const { stdout } = await lms(['config', '--json'], { READ_DATABASE_URL: 'mysql://u:secret@h/d' });
    expect(stdout).toContain('READ_DATABASE_URL');
    expect(stdout).not.toContain('secret');
  });

  it('leaves no statement behind when it is interrupted while the database does not answer', async () => {
    await using database = await freshDatabase();
    await fill(database.url);
    const connection = await createConnection(database.url);
    await connection.query('LOCK TABLES service_logs WRITE');
    const child = spawn(process.execPath, [MAIN, 'logs', '-n', '5'], {
      env: { DATABASE_URL: database.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part));
    const waiting = async () => {
      const rows = await askProcessList(
        connection,
        'SELECT COUNT(*) AS n FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
      );
      return (rows as { n: number }[])[0]?.n;
    };
    const isAtWork = async () => {
      const rows = await askProcessList(
        connection,
        "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%service_logs%' AND id <> CONNECTION_ID()",
      );
      expect((rows as { n: number }[])[0]?.n).toBe(1);
    };
    await vi.waitFor(isAtWork, { timeout: 20_000, interval: 50 });
    const startMs = performance.now();
    child.kill('SIGINT');
    await once(child, 'close');
    // docs/find.md promises it.
    expect(performance.now() - startMs).toBeLessThan(2_000);
    expect(child.exitCode).toBe(130);
    expect(errors).toMatch(/stopped before the end/);
    await vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 10_000, interval: 50 });
    await connection.end();
  });

  it('says what to do where there are no tables yet', async () => {
    await using database = await freshDatabase();
    const { status, stderr } = await lmsProcess(['logs'], { DATABASE_URL: database.url });
    expect(status).toBe(6);
    expect(stderr).toContain('lms migrate up');
  });
});
