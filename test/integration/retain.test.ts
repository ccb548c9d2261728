import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { SEVERITIES } from '../../src/logs/severity.ts';
import type { Store } from '../../src/store/store.ts';
import { lms, startLms } from '../cli/lms.ts';
import { columnTime } from '../support/memory-retention-book.ts';
import { numbersIn } from '../support/metrics-text.ts';
import { keptBy } from '../support/retention-ground.ts';
import { DATABASES, type Ground, openedStore } from '../support/serve-ground.ts';
import { startServe } from '../support/serve-process.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
const HOUR_MS = 3_600_000;
const RULES =
  'service:audit=forever; severity:debug=1d; "needle"=2d; code:200=5d; -service:(alpha OR bravo)=8d; code:500=forever; *=20d';
/** Far from the boundary of a rule: the time that a test takes decides nothing. */
const HALF_AN_HOUR = 0.5;

/** Entries of thirty days, of all kinds that the rules tell apart. */
function entries(from: number, to: number, nowMs: number): LogEntry[] {
  return Array.from({ length: to - from }, (_none, index) => {
    const n = from + index;
    return {
      timestamp: columnTime(nowMs - ((n * 7) % 720) * HOUR_MS - HALF_AN_HOUR * HOUR_MS),
      eventId: `event-${String(n).padStart(6, '0')}`,
      serviceName: ['alpha', 'bravo', 'charlie', 'audit', 'größe 😀'][n % 5] ?? '',
      severity: SEVERITIES[(n >> 2) % 5] ?? 'info',
      payload: n % 11 === 0 ? `a needle in ${String(n)}` : `Hello ${String(n)}`,
      tags: [null, '{"code":200}', '{"code":500,"user":"bob"}'][n % 3] ?? null,
    };
  });
}

describe.each(DATABASES)('retention on %s', (_kind, prepare) => {
  let ground: Ground;
  let store: Store & AsyncDisposable;
  const nowMs = Date.now();

  beforeEach(async () => {
    ground = await prepare(entries(0, 6_000, nowMs));
    store = await openedStore(ground.url);
  });
  afterEach(async () => {
    await store.close();
    await ground[Symbol.asyncDispose]();
  });

  const retain = (args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}) =>
    lms(['retain', ...args], { DATABASE_URL: ground.url, RETENTION_CPU_PERCENT: '100', ...env }, input);

  async function left(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { eventId } of store.entries()) ids.push(eventId);
    return ids.sort();
  }

  function kept(rules: string, rows: readonly LogEntry[]): string[] {
    return keptBy(rules, rows, Date.now())
      .map(({ eventId }) => eventId)
      .sort();
  }

  async function expectInStep(): Promise<void> {
    const { agree, rollups } = await store.verify();
    expect([agree, rollups.wrong]).toEqual([true, 0]);
  }

  it('says before what it then deletes, rule by rule', async () => {
    await retain(['apply', '-', '--no-count'], RULES);
    const before = JSON.parse((await retain(['--dry-run', '--json'])).stdout) as {
      rules: { rule: string; entries: number; oldest: string | null }[];
    };
    const after = JSON.parse((await retain(['--json'])).stdout) as {
      rules: { rule: string; deleted: number }[];
    };
    const told = before.rules.filter(({ rule }) => !rule.endsWith('forever'));
    expect(after.rules.map(({ rule, deleted }) => [rule, deleted])).toEqual(
      told.map(({ rule, entries: number }) => [rule, number]),
    );
    expect(told.every(({ oldest }) => oldest !== null)).toBe(true);
    expect(await left()).toEqual(kept(RULES, entries(0, 6_000, nowMs)));
  });

  it('is done by a server by itself, and told in its metrics', async () => {
    const server = await startServe({ DATABASE_URL: ground.url, JOBS: 'retention', RETENTION: RULES });
    const expected = kept(RULES, entries(0, 6_000, nowMs));
    await vi.waitUntil(async () => (await store.totals()).rows === expected.length, PATIENCE);
    expect(await left()).toEqual(expected);
    const metrics = async () => numbersIn(await (await server.get('/metrics')).text());
    await vi.waitUntil(
      async () => ((await metrics()).get('lms_retention_overdue_rows{rule="*=20d"}') ?? 0) === 0,
      PATIENCE,
    );
    const numbers = await metrics();
    const deleted = [...numbers].filter(([name]) => name.startsWith('lms_retention_deleted_rows_total'));
    expect(deleted.reduce((sum, [, value]) => sum + value, 0)).toBe(6_000 - expected.length);
    expect(numbers.get('lms_job_held{job="retention"}')).toBe(1);
    expect(await (await server.get('/readyz')).json()).toMatchObject({ ready: true, notes: [] });
    expect((await retain([])).status).toBe(20);
    await server.stop();
    await expectInStep();
    expect((await retain([])).status).toBe(0);
  });

  it('of two at once, one at a time deletes', async () => {
    await retain(['apply', '-', '--no-count'], RULES);
    const two = await Promise.all([retain([]), retain([])]);
    expect(two.map(({ status }) => status).sort()).toEqual(expect.arrayContaining([0]));
    expect(two.every(({ status }) => status === 0 || status === 20)).toBe(true);
    expect(await left()).toEqual(kept(RULES, entries(0, 6_000, nowMs)));
    await expectInStep();
  });

  it('Ctrl-C ends it after a transaction, says how far it came, and the next run goes on', async () => {
    await retain(['apply', '-', '--no-count'], '*=1h');
    const running = startLms(['retain'], { DATABASE_URL: ground.url, RETENTION_CPU_PERCENT: '1' });
    await vi.waitUntil(async () => (await store.totals()).rows < 6_000, PATIENCE);
    const { status, stderr } = await running.stop('SIGINT');
    expect(status).toBe(130);
    const deleted = Number(/stopped: ([\d,]+) entries deleted/.exec(stderr)?.[1]?.replace(',', ''));
    expect((await store.totals()).rows).toBe(6_000 - deleted);
    expect(deleted).toBeLessThan(5_900);
    await expectInStep();
    expect((await retain([])).status).toBe(0);
    expect(await left()).toEqual(kept('*=1h', entries(0, 6_000, nowMs)));
  });
});
