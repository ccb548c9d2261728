import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agentPages } from '../../src/health/agent-pages.ts';
import type { WatchedAgent, WatchedInput } from '../../src/health/agent-readiness.ts';
import { numbersIn } from '../support/metrics-text.ts';

function input(name: string, more: Partial<WatchedInput> = {}): WatchedInput {
  return {
    name,
    state: 'reading',
    lag: { bytes: 0, newestTime: undefined, waitingMs: 0 },
    unconfirmed: 0,
    counts: { lines: 10, read: 6, unparsed: 1, joined: 1, leftOut: 2, bytes: 100, sent: 6, refused: 1 },
    counters: {},
    ...more,
  };
}

function pagesOf(agent: Partial<WatchedAgent>) {
  const watched = {
    inputs: [],
    inFlight: { entries: 0, bytes: 0 },
    outage: undefined,
    isStopping: false,
    ...agent,
  };
  const pages = agentPages(() => watched);
  const page = async (path: string) => (await pages.get(path)?.())!;
  return { page, numbers: async () => numbersIn((await page('/metrics')).body) };
}

describe('health of an agent', () => {
  it('counts lines, entries and bytes of each input, by what became of them', async () => {
    const counters = { reopened: 3, files: 5, spooled_bytes: 70 };
    const numbers = await pagesOf({ inputs: [input('/a', { counters, unconfirmed: 4 })] }).numbers();
    expect(Object.fromEntries([...numbers].filter(([name]) => name.startsWith('lms_agent_')))).toEqual({
      'lms_agent_lines_total{input="/a",outcome="read"}': 6,
      'lms_agent_lines_total{input="/a",outcome="unparsed"}': 1,
      'lms_agent_lines_total{input="/a",outcome="joined"}': 1,
      'lms_agent_lines_total{input="/a",outcome="left_out"}': 2,
      'lms_agent_entries_total{input="/a",outcome="sent"}': 6,
      'lms_agent_entries_total{input="/a",outcome="refused"}': 1,
      'lms_agent_bytes_total{input="/a"}': 100,
      'lms_agent_input_events_total{input="/a",event="reopened"}': 3,
      'lms_agent_input_now{input="/a",what="files"}': 5,
      'lms_agent_input_now{input="/a",what="spooled_bytes"}': 70,
      'lms_agent_lag_bytes{input="/a"}': 0,
      'lms_agent_lag_seconds{input="/a"}': 0,
      'lms_agent_unconfirmed_entries{input="/a"}': 4,
      'lms_agent_input_failing{input="/a"}': 0,
      lms_agent_ready: 1,
      lms_agent_inputs: 1,
      lms_agent_in_flight_entries: 0,
      lms_agent_in_flight_bytes: 0,
    });
  });

  it('says how old what is sent is: while bytes were not read, or entries are not confirmed', async () => {
    const newestTime = new Date(Date.now() - 60_000).toISOString().replace('T', ' ').slice(0, 23);
    const lagOf = async (lag: WatchedInput['lag']) =>
      (await pagesOf({ inputs: [input('/a', { lag })] }).numbers()).get('lms_agent_lag_seconds{input="/a"}');
    expect(await lagOf({ bytes: 0, newestTime, waitingMs: 0 })).toBe(0);
    expect(await lagOf({ bytes: undefined, newestTime, waitingMs: 2_500 })).toBe(2.5);
    const behind = await lagOf({ bytes: 7, newestTime, waitingMs: 0 });
    expect(behind).toBeGreaterThanOrEqual(60);
    expect(behind).toBeLessThan(300);
    expect(await lagOf({ bytes: 7, newestTime: undefined, waitingMs: 0 })).toBe(0);
  });

  it('has a bounded number of series: of very many inputs the last are one', async () => {
    const inputs = Array.from({ length: 500 }, (_, n) =>
      input(`/log/${String(n)}`, { lag: { bytes: 1, newestTime: undefined, waitingMs: n } }),
    );
    const numbers = await pagesOf({ inputs }).numbers();
    const named = [...numbers.keys()].filter((name) => name.startsWith('lms_agent_bytes_total'));
    expect(named).toHaveLength(201);
    expect(numbers.get('lms_agent_bytes_total{input="(others)"}')).toBe(30_000);
    expect(numbers.get('lms_agent_lag_bytes{input="(others)"}')).toBe(300);
    expect(numbers.get('lms_agent_lag_seconds{input="(others)"}')).toBe(0.499);
    const counters = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`event_${String(n)}`, 1]));
    const events = await pagesOf({
      inputs: [input('/a', { counters: { 'No name!': 1, ...counters } })],
    }).numbers();
    expect([...events.keys()].filter((name) => name.includes('input_events'))).toHaveLength(32);
  });

  it('adds up two inputs of one name', async () => {
    const numbers = await pagesOf({ inputs: [input('/a'), input('/a')] }).numbers();
    expect(numbers.get('lms_agent_bytes_total{input="/a"}')).toBe(200);
  });

  it('is ready while what is read is taken, though an input cannot be read', async () => {
    const { page } = pagesOf({ inputs: [input('/a', { state: 'failing', reason: 'EACCES' })] });
    const { status, body } = await page('/readyz');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ ready: true, problems: [], notes: ['/a: EACCES'] });
    expect((await page('/livez')).status).toBe(200);
  });

  it('is not ready while nobody takes anything, or when it stops', async () => {
    const outage = { what: 'Pub/Sub takes no entries', lastingMs: 5_000, reason: 'no connection' };
    const away = await pagesOf({ outage }).page('/readyz');
    expect(away.status).toBe(503);
    expect(away.body).toMatch(/Pub\/Sub takes no entries since .*: no connection/);
    const numbers = await pagesOf({ outage }).numbers();
    expect(numbers.get('lms_agent_ready')).toBe(0);
    expect((await pagesOf({ isStopping: true }).page('/readyz')).status).toBe(503);
  });

  it('tells of many failing inputs in few words', async () => {
    const inputs = Array.from({ length: 30 }, (_, n) =>
      input(String(n), { state: 'failing', reason: 'EACCES' }),
    );
    const { body } = await pagesOf({ inputs }).page('/readyz');
    const { notes } = JSON.parse(body) as { notes: string[] };
    expect(notes).toHaveLength(11);
    expect(notes.at(-1)).toBe('and 20 more inputs cannot be read');
  });
});

describe('docs/agent.md', () => {
  it('has every metric, and no other', async () => {
    const page = readFileSync(new URL('../../docs/agent.md', import.meta.url), 'utf8');
    const named = [...page.matchAll(/^\| `(lms_agent_\w+)`/gm)].map(([, name = '']) => name);
    const counters = { reopened: 1, spooled_bytes: 2 };
    const numbers = await pagesOf({ inputs: [input('/a', { counters })] }).numbers();
    const shown = new Set([...numbers.keys()].map((key) => key.split('{')[0] ?? ''));
    expect(named.toSorted()).toEqual([...shown].filter((name) => name.startsWith('lms_agent_')).toSorted());
  });
});
