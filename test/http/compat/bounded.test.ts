import { expect, it } from 'vitest';
import type { LogEntry } from '../../../src/logs/entry.ts';
import type { PieceRequest } from '../../../src/query/answers/ports.ts';
import { watchedReader } from '../../../src/query/answers/watched-reader.ts';
import { openEntryReader } from '../../../src/store/open.ts';
import { scratchDatabase } from '../../cli/scratch-database.ts';
import { openHttp } from '../../support/http-server.ts';
import { RecordingLog } from '../../support/recording-log.ts';

const COUNT = 12_000;
/** Nine of ten are lines; one in a hundred of all is a 500. */
const ENTRIES: readonly LogEntry[] = Array.from({ length: COUNT }, (_none, n) => ({
  timestamp: `2026-11-25 ${String(Math.floor(n / 3_600) % 24).padStart(2, '0')}:${String(Math.floor(n / 60) % 60).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}.000000`,
  eventId: `line-${String(n)}`,
  serviceName: n % 10 === 9 ? 'other' : 'access-log',
  severity: 'info',
  payload: `line ${String(n)}`,
  tags: `{"code":${n % 100 === 0 ? '500' : '200'},"method":"GET"}`,
}));

it('a page of lines looks at no more than it needs, and all of them at a bounded piece at a time', async () => {
  using scratch = scratchDatabase();
  for (let n = 0; n < COUNT; n += 5_000) await scratch.write(ENTRIES.slice(n, n + 5_000));
  const target = { kind: 'sqlite', path: scratch.url.slice('sqlite:'.length) } as const;
  const whole = await openEntryReader(target, { log: new RecordingLog(), connections: 1 });
  const requests: PieceRequest[] = [];
  let rows = 0;
  const reader = watchedReader(whole, ({ rowsRead }, request) => {
    requests.push(request);
    rows += rowsRead;
  });
  const server = await openHttp({ reader });
  const lines = async (query: string) => {
    rows = 0;
    return (await (await server.ask(`/access-log/logs${query}`)).json()) as string[];
  };
  expect(await lines('?per_page=10')).toHaveLength(10);
  expect(rows).toBeLessThan(2_000);
  expect(await lines('?per_page=10&code=500')).toEqual(
    Array.from({ length: 10 }, (_none, n) => `line ${String(COUNT - 100 - n * 100)}`),
  );
  expect(rows).toBeLessThan(6_000);
  expect(await lines('')).toHaveLength(COUNT * 0.9);
  expect(await lines('?code=500&method=get')).toHaveLength(COUNT / 100);
  expect(Math.max(...requests.map(({ maxEntries }) => maxEntries))).toBeLessThanOrEqual(1_000);
  expect(Math.max(...requests.map(({ maxRows = 0 }) => maxRows))).toBeLessThanOrEqual(20_000);
  await whole.close();
});
