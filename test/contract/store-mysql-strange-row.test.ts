import { expect, it } from 'vitest';
import { EVERYTHING } from '../../src/query/filter.ts';
import { openEntryReader } from '../../src/store/open.ts';
import { entries } from './store-entries.ts';
import { mysqlSubject, SILENT } from './store-subject.ts';

it('MySQL: a row that somebody else wrote and that is no entry fails its piece, and nothing else', async () => {
  const subject = await mysqlSubject();
  const store = await subject.open();
  await store.migrate();
  await store.write(entries(0, 10));
  await subject.sql("SET SESSION sql_mode = ''");
  await subject.sql("UPDATE service_logs SET severity = 'worse' ORDER BY `timestamp` LIMIT 1");
  const reader = await openEntryReader(subject.target, { log: SILENT, connections: 1 });
  const { signal } = new AbortController();
  const request = { path: { kind: 'key' }, filter: EVERYTHING, maxEntries: 5 } as const;
  const piece = (order: 'newest' | 'oldest') => reader.piece({ ...request, stretch: { order } }, signal);
  await expect(piece('oldest')).rejects.toThrow('severity');
  expect((await piece('newest')).entries).toHaveLength(5);
  await reader.close();
  await subject.dispose();
});
