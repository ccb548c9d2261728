import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { PrometheusMetrics } from '../../src/health/prometheus.ts';
import { ServerMetrics } from '../../src/health/server-metrics.ts';
import { watchedNumbers } from '../../src/http/answering.ts';
import { BytesInFlight } from '../../src/http/bytes-in-flight.ts';
import { QueryGate } from '../../src/http/query-gate.ts';
import { OUTCOMES, PROTOCOLS } from '../../src/http/server-events.ts';
import { tailNumbers } from '../../src/http/tail-numbers.ts';
import { numbersIn } from '../support/metrics-text.ts';
import { watchedWorker } from '../support/watched-worker.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly w: number };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const dashboard = JSON.parse(read('deploy/grafana/lms-worker.json')) as Dashboard;
const rules = read('deploy/grafana/alerts.yml')
  .split(/^ +- alert: /m)
  .slice(1);
const alertExpressions = rules.map((rule) => /^ +expr: (.+)$/m.exec(rule)?.[1] ?? '');
const panelExpressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** With everything that can be known. */
const STORAGE = {
  tables: [{ name: 'service_logs', dataBytes: 1, indexBytes: 1, freeBytes: 1 }],
  rows: 1,
  growth: { rowsPerDay: 1, bytesPerDay: 1 },
  limits: [{ name: 'disk', roomBytes: 1, daysLeft: 1, isAtLeast: false }],
};

/** Every series of the metrics page, by name, with the names of its labels. */
let series: Map<string, ReadonlySet<string>>;

beforeAll(async () => {
  const metrics = new PrometheusMetrics(
    () => watchedWorker(),
    () => STORAGE,
  );
  metrics.flushed('size', 1, 1);
  series = new Map();
  for (const key of numbersIn(await metrics.text()).keys()) {
    const [name = '', labels = ''] = key.split('{');
    series.set(name, new Set([...labels.matchAll(/(\w+)="/g)].map((label) => label[1] ?? '')));
  }
});

function namesIn(text: string): string[] {
  return text.match(/\b(lms|process|nodejs)_\w+/g) ?? [];
}

describe.for([
  ['the dashboard', panelExpressions],
  ['the alert rules', alertExpressions],
] as const)('%s', ([, expressions]) => {
  it('asks for metrics that are there, in every expression', () => {
    for (const expression of expressions) {
      expect(namesIn(expression)).not.toEqual([]);
      expect([...series.keys()]).toEqual(expect.arrayContaining(namesIn(expression)));
    }
  });

  it('sums by labels that these metrics have', () => {
    for (const expression of expressions) {
      const labels = new Set(namesIn(expression).flatMap((name) => [...(series.get(name) ?? [])]));
      // Prometheus adds the instance that it scraped.
      labels.add('instance');
      for (const [, list = ''] of expression.matchAll(/\bby \(([^)]*)\)/g)) {
        expect([...labels]).toEqual(expect.arrayContaining(list.split(', ')));
      }
    }
  });
});

it('the dashboard shows every metric of ours', () => {
  const shown = panelExpressions.flatMap(namesIn).map(family);
  const ours = [...series.keys()].filter((name) => name.startsWith('lms_')).map(family);
  expect(ours.filter((name) => !shown.includes(name))).toEqual([]);
});

it('its panels have numbers of their own and fit side by side', () => {
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
});

it('every alert says how long it waits, how bad it is, what is wrong and what to do', () => {
  expect(rules.length).toBeGreaterThan(0);
  for (const rule of rules) {
    expect(rule).toMatch(/^ +for: \d+[smh]$/m);
    expect(rule).toMatch(/^ +severity: (warning|critical)$/m);
    expect(rule).toMatch(/^ +summary: \S/m);
    expect(rule).toMatch(/^ +what_to_do: >-\n +\S/m);
  }
});

describe('docs/operations.md', () => {
  it('has every metric of ours, and no other', async () => {
    const documented = [...read('docs/operations.md').matchAll(/^\| `(lms_\w+)/gm)].map(([, name]) => name);
    const ours = [...series.keys()].filter((name) => name.startsWith('lms_')).map(family);
    const all = new Set([...ours, ...(await namesOfServer())]);
    expect(documented.toSorted()).toEqual([...all].toSorted());
  });
});

/** The name of the metric that a series belongs to: a histogram has three series. */
function family(name: string): string {
  return name.replace(/_(bucket|sum|count)$/, '');
}

/** Those of `lms serve`. */
async function namesOfServer(): Promise<string[]> {
  const metrics = new ServerMetrics();
  const gate = new QueryGate({ atOnce: 1, atOncePerKey: 1, maxWaitMs: 1 });
  metrics.watch([...watchedNumbers(new BytesInFlight(1), gate), ...tailNumbers(undefined)], {
    protocols: PROTOCOLS,
    outcomes: OUTCOMES,
  });
  metrics.watchJobs([]);
  metrics.watchStorage(() => STORAGE);
  const { body } = await metrics.text();
  return [...body.matchAll(/^# HELP (lms_\w+)/gm)].map(([, name = '']) => name);
}
