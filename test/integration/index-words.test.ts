import { randomInt } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { lms, startLms } from '../cli/lms.ts';
import { numbersIn } from '../support/metrics-text.ts';
import { DATABASES, type Ground, openedStore } from '../support/serve-ground.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';

/** A lease is asked for every 5 s. */
const PATIENCE = { timeout: 30_000, interval: 50 };
/** After a piece of the work it rests for many times as long: so it is ended, or killed, in the middle of it. */
const SLOW = { WORDS_CPU_PERCENT: '1' };
const FAST = { WORDS_CPU_PERCENT: '100' };
const COUNT = 7_000;
/** Of so many words that a block has some hundred rows: one a second, of a day that is over. */
const ENTRIES: readonly LogEntry[] = Array.from({ length: COUNT }, (_none, n) => ({
  timestamp: new Date(Date.UTC(2026, 0, 10) + n * 1_000).toISOString().slice(0, 23).replace('T', ' ') + '000',
  eventId: `event-${String(n)}`,
  serviceName: 'alpha',
  severity: 'info',
  payload: Array.from({ length: 20 }, (_word, word) => `w${String(n)}x${String(word)}`).join(' '),
  tags: null,
}));
/** In the oldest but one entry, and in no other. */
const RARE = 'w1x7';

/** Runs a statement on a connection of its own. */
async function runSql(url: string, sql: string): Promise<unknown> {
  if (!url.startsWith('sqlite:')) {
    const connection = await createConnection(url);
    const [rows] = await connection.query(sql);
    await connection.end();
    return rows;
  }
  const file = new DatabaseSync(url.slice('sqlite:'.length), { timeout: 5_000 });
  const rows = file.prepare(sql).all();
  file.close();
  return rows;
}

describe.each(DATABASES)('the index of words on %s', (kind, prepare) => {
  let ground: Ground | undefined;
  let url = '';
  beforeAll(async () => {
    ground = await prepare(ENTRIES);
    ({ url } = ground);
  });
  afterAll(() => ground?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    expect(await index('words', '--drop')).toEqual({
      status: 0,
      stdout: 'Removed the index of words.\n',
      stderr: '',
    });
  });

  const index = (...args: string[]) => lms(['index', ...args], { DATABASE_URL: url });
  const blocks = async () => {
    const [row] = (await runSql(url, 'SELECT COUNT(*) AS n FROM lms_words_blocks')) as { n: number }[];
    return Number(row?.n);
  };
  const seenRows = async () => {
    const [row] = (await runSql(
      url,
      'SELECT SUM(rows_at_build) AS n FROM lms_words_minutes WHERE width = 1440',
    )) as {
      n: number | null;
    }[];
    return Number(row?.n);
  };
  const find = (...args: string[]) => lms(['logs', RARE, '--explain', ...args], { DATABASE_URL: url });
  const begun = () => vi.waitUntil(blocks, PATIENCE);

  it('is built by a command, which others wait for, which Ctrl-C ends, and which goes on', async () => {
    const scanned = await find();
    expect(scanned.stderr).toMatch(/scanned: there is no index of words.*: 7,0\d\d rows for 1,/);
    const first = startLms(['index', 'words'], { DATABASE_URL: url, ...SLOW });
    onTestFinished(() => void first.stop());
    const built = await begun();
    expect(await index('words')).toEqual({
      status: 20,
      stdout: '',
      stderr: expect.stringMatching(
        /^lms: another process builds the index of words\n.*What JOBS names.*\(LEASE_HELD\)\n$/,
      ) as string,
    });
    const askedAtMs = performance.now();
    const ended = await first.stop('SIGINT');
    expect(performance.now() - askedAtMs).toBeLessThan(2_000);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout).toMatch(
      /^Read [\d,]+ entries into \d+ blocks?, up to 2026-01-10 \d\d:\d\d:\d\d UTC\.\n$/,
    );
    const kept = await blocks();
    expect(kept).toBeGreaterThanOrEqual(built);
    expect((await index('words', '--words-cpu-percent', '100')).stdout).toMatch(
      /^Read [\d,]+ entries into \d+ blocks/,
    );
    expect(await blocks()).toBeGreaterThan(kept);
    const indexed = await find();
    expect(indexed.stdout).toBe(scanned.stdout);
    expect(indexed.stderr).toMatch(/indexed: only where the index of words says/);
  });

  it('is kept up to date with --follow, as its --help says, until it is stopped', async () => {
    const { stdout } = await index('words', '--help');
    for (const example of ['--words-cpu-percent 100', '--follow', '--drop'])
      expect(stdout).toMatch(new RegExp(`^  lms index words ${example} `, 'm'));
    const following = startLms(['index', 'words', '--follow', '--words-cpu-percent', '100'], {
      DATABASE_URL: url,
    });
    onTestFinished(() => void following.stop());
    await following.printed(/^Read 7,000 entries into \d+ blocks/);
    const askedAtMs = performance.now();
    expect(await following.stop('SIGINT')).toMatchObject({ status: 0, stderr: '' });
    expect(performance.now() - askedAtMs).toBeLessThan(2_000);
  });

  it('leaves nothing out, however often builders are killed, while rows come late and go', async () => {
    await using store = await openedStore(url);
    const late: LogEntry[] = [];
    for (let round = 0; round < 5; round += 1) {
      const builder = startLms(['index', 'words', '--words-cpu-percent', '20'], { DATABASE_URL: url });
      await vi.waitUntil(async () => (await seenRows()) > round * 800, PATIENCE);
      const gone = ENTRIES[100 + round];
      if (gone === undefined) throw new TypeError('no entry');
      const instead = { ...gone, eventId: `late-${String(round)}`, payload: `${RARE} came late` };
      await store.deleteEntries([gone]);
      await store.write([instead]);
      late.push(instead);
      await pause(randomInt(60));
      await builder.stop('SIGKILL');
      await runSql(url, "UPDATE lms_leases SET expires_at = '2026-01-01 00:00:00.000000'");
    }
    const { stdout } = await find('--json');
    expect(stdout.match(/"event_id":"late-\d+"/g)).toHaveLength(late.length);
    await index('words', '--words-cpu-percent', '100');
    const indexed = await find('--json');
    expect(indexed.stdout).toBe(stdout);
    expect(indexed.stderr).toMatch(/indexed: only where the index of words says/);
    expect((await lms(['verify'], { DATABASE_URL: url })).status).toBe(0);
    await store.deleteEntries(late);
    await store.write(ENTRIES.slice(100, 105));
  });

  it('is built by a server; when that is killed another goes on, with the sums of counts too', async () => {
    await breakSums();
    const killed = await startServe({ DATABASE_URL: url, ...SLOW });
    await begun();
    await expectSumsMended();
    expect(await metricsOf(killed)).toMatchObject({ words: { held: 1, failures: 0 }, rollups: { held: 1 } });
    expect((await metricsOf(killed)).words.lag).toBeGreaterThan(3_600);
    const other = await startServe({ DATABASE_URL: url, ...FAST });
    expect(await metricsOf(other)).toMatchObject({ words: { held: 0 }, rollups: { held: 0 } });
    await killed.stop('SIGKILL');
    const left = await blocks();
    await breakSums();
    await runSql(url, "UPDATE lms_leases SET expires_at = '2026-01-01 00:00:00.000000'");
    await vi.waitFor(async () => {
      expect(await metricsOf(other)).toMatchObject({
        words: { held: 1, lag: 0, failures: 0 },
        rollups: { held: 1, lag: 0, failures: 0 },
      });
    }, PATIENCE);
    await expectSumsMended();
    expect(await blocks()).toBeGreaterThan(left);
    const [asked, remote] = [await find(), await find('--url', other.url)];
    expect(remote.stderr).toMatch(
      /indexed: only where the index of words says that it may be: [\d,]+ rows for 1,/,
    );
    expect(remote.stdout).toBe(asked.stdout);
    expect(remote.stdout).toContain(` ${RARE} `);
    const page: unknown = await (await other.get(`/api/v1/entries?q=${RARE}&explain=true`)).json();
    expect(page).toMatchObject({ entries: [{ event_id: 'event-1' }], cost: { words: 'used' } });
    expect(await other.stop()).toMatchObject({ status: 0 });
  });

  /** SQLite keeps them by triggers: there they are never filled but after an upgrade. */
  async function breakSums(): Promise<void> {
    if (kind === 'SQLite') return;
    await runSql(url, 'DELETE FROM lms_rollups WHERE width = 1440');
    expect((await index('rollups', '--check')).stdout).toMatch(
      /^The sums are not in use: .*`lms index rollups`/s,
    );
  }

  async function expectSumsMended(): Promise<void> {
    await vi.waitFor(async () => {
      expect((await index('rollups', '--check')).stdout).toBe('The sums are right, and in use.\n');
    }, PATIENCE);
  }
});

/** What a server says of its jobs. */
async function metricsOf(server: ServeProcess) {
  const numbers = numbersIn(await (await server.get('/metrics')).text());
  const of = (job: string) => ({
    held: numbers.get(`lms_job_held{job="${job}"}`),
    lag: numbers.get(`lms_job_lag_seconds{job="${job}"}`),
    failures: numbers.get(`lms_job_failures_total{job="${job}"}`),
  });
  return { words: of('words'), rollups: of('rollups') };
}
