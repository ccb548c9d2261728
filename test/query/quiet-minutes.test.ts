import { expect, it } from 'vitest';
import type { EntryReader, MinutesRequest } from '../../src/query/answers/ports.ts';
import { QuietMinutes } from '../../src/query/answers/quiet-minutes.ts';

it('ends behind the last minute that there is, also where a look ended with it', async () => {
  const asked: MinutesRequest[] = [];
  const unused = () => Promise.reject(new Error('not asked for'));
  const reader: EntryReader = {
    piece: unused,
    entry: unused,
    indexedTags: unused,
    keyCounts: unused,
    lastMinute: unused,
    rangeCounts: unused,
    rangeSums: unused,
    wordParts: () => Promise.reject(new Error('not asked')),
    processes: unused,
    close: unused,
    minutes(request) {
      asked.push(request);
      // Nothing ends a search that begins anew but this.
      if (asked.length > 5) return Promise.reject(new Error('asked without end'));
      return Promise.resolve({ counts: [], end: '9999-12-31 23:59:00', countsRead: 20_000 });
    },
  };
  const quiet = new QuietMinutes(
    reader,
    { services: ['a'], severities: ['info'] },
    new AbortController().signal,
  );
  expect(await quiet.busyPart({ order: 'oldest' })).toEqual({ stretch: undefined, rowsRead: 20_000 });
  expect(asked).toHaveLength(1);
});
