import { describe, expect, it } from 'vitest';
import { PrometheusMetrics } from '../../src/health/prometheus.ts';
import { ServerMetrics } from '../../src/health/server-metrics.ts';
import type { WatchedStorage } from '../../src/health/storage-metrics.ts';
import { numbersIn } from '../support/metrics-text.ts';

const STORAGE: WatchedStorage = {
  tables: [
    { name: 'service_logs', dataBytes: 6_000, indexBytes: 2_000, freeBytes: 0 },
    { name: 'lms_leases', dataBytes: 16_384, indexBytes: 0, freeBytes: 7 },
  ],
  rows: 0,
  growth: { rowsPerDay: -5, bytesPerDay: undefined },
  limits: [
    { name: 'disk', roomBytes: 0, daysLeft: Infinity, isAtLeast: false },
    { name: 'retention-max-bytes', roomBytes: 9, daysLeft: 5, isAtLeast: true },
  ],
};
const SHOWN = [
  ['lms_table_bytes{table="service_logs",kind="data"}', 6_000],
  ['lms_table_bytes{table="service_logs",kind="index"}', 2_000],
  ['lms_table_bytes{table="service_logs",kind="free"}', 0],
  ['lms_table_bytes{table="lms_leases",kind="data"}', 16_384],
  ['lms_table_bytes{table="lms_leases",kind="index"}', 0],
  ['lms_table_bytes{table="lms_leases",kind="free"}', 7],
  ['lms_rows', 0],
  ['lms_growth_rows_per_day', -5],
  ['lms_storage_room_bytes{limit="disk"}', 0],
  ['lms_storage_room_bytes{limit="retention-max-bytes"}', 9],
  ['lms_storage_days_left{limit="disk"}', Infinity],
];

describe.each([
  [
    'a worker',
    (read: () => WatchedStorage | undefined) => {
      const metrics = new PrometheusMetrics(() => undefined, read);
      return () => metrics.text();
    },
  ],
  [
    'a server',
    (read: () => WatchedStorage | undefined) => {
      const metrics = new ServerMetrics();
      metrics.watchStorage(read);
      return async () => (await metrics.text()).body;
    },
  ],
])('the size of the tables on the page of %s', (_, open) => {
  let storage: WatchedStorage | undefined;
  const text = open(() => storage);
  const shown = async () =>
    [...numbersIn((await text()).replaceAll('+Inf', 'Infinity'))].filter(([name]) =>
      /^lms_(table_bytes|rows|growth|storage)/.test(name),
    );

  it('is as it is at each scrape, and what is not known then has no series', async () => {
    storage = undefined;
    expect(await shown()).toEqual([]);
    storage = STORAGE;
    expect(await shown()).toEqual(SHOWN);
    storage = undefined;
    expect(await shown()).toEqual([]);
  });
});
