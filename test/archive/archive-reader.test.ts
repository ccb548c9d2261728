import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listArchive } from '../../src/archive/archive.ts';
import { ArchiveReader } from '../../src/archive/archive-reader.ts';
import type { Directory } from '../../src/archive/directory.ts';
import { isBefore } from '../../src/archive/part-contents.ts';
import { type Damage, PartReading } from '../../src/archive/part-reading.ts';
import type { Place } from '../../src/archive/place.ts';
import type { StoredEntry } from '../../src/logs/entry.ts';
import { entryId } from '../../src/logs/entry-id.ts';
import { SEVERITIES } from '../../src/logs/severity.ts';
import { readContext } from '../../src/query/answers/context.ts';
import { countedRange } from '../../src/query/answers/counted-range.ts';
import { countEntries, readHistogram } from '../../src/query/answers/histogram.ts';
import { type Means, readPage } from '../../src/query/answers/page.ts';
import type { EntryReader, Order, Stretch } from '../../src/query/answers/ports.ts';
import { readValues } from '../../src/query/answers/values.ts';
import { EVERYTHING, type Filter } from '../../src/query/filter.ts';
import { isMistake } from '../../src/query/mistake.ts';
import { parseFilter } from '../../src/query/parse.ts';
import { matches } from '../../src/query/predicate.ts';
import { entry } from '../contract/store-entries.ts';
import { archiveDirectory, stored, writeArchive } from '../support/written-archive.ts';

const NOW_MS = Date.UTC(2026, 10, 30);
const EXPRESSIONS = [
  '',
  'severity>=error',
  'severity:debug',
  'service:rare',
  'service:nobody',
  'number -service:alpha',
  '"number 7"',
  'n:7 OR n:120',
  'time>=2026-03-01T00:00:30Z time<2026-03-02T00:00:10Z',
  'time=2026-03-02T00:00:00.000007Z',
  'time>2026-03-02T00:00:00.000007Z severity<warn',
  'event_id:late-3',
];

/** Numbered entries of a day, of which some have the same time. */
function entriesOf(day: string, count: number, prefix: string): StoredEntry[] {
  return Array.from({ length: count }, (_, n) =>
    stored(
      entry({
        timestamp:
          n % 3 === 0 ? `${day} 00:00:00.000007` : `${day} 00:0${String(n % 4)}:${two(n % 60)}.000000`,
        eventId: `${prefix}-${String(n)}`,
        serviceName: n === 11 && prefix === 'first' ? 'rare' : ['alpha', 'beta', 'β'][n % 3]!,
        severity: SEVERITIES[n % SEVERITIES.length]!,
        payload: `number ${String(n)}`,
        tags: n % 2 === 0 ? null : `{"n": ${String(n)}}`,
      }),
    ),
  );
}

const FIRST = [...entriesOf('2026-03-01', 130, 'first'), ...entriesOf('2026-03-02', 90, 'second')];
const LATE = [...entriesOf('2026-03-01', 25, 'late'), ...entriesOf('2026-03-04', 9, 'last')];
/** Some stand in an edition more, as after a writing that was repeated. */
const LATER = entriesOf('2026-03-01', 25, 'later');
const AGAIN = [...LATER, ...FIRST.slice(20, 40)];
const ALL = inOrder([
  ...new Map([...FIRST, ...LATE, ...AGAIN].map((each) => [entryId(each), each])).values(),
]);

describe('an archive that is read in place', () => {
  it.each([
    ['all that matches', undefined, EXPRESSIONS],
    ['a few entries', 6_000, ['', 'severity:debug', 'number -service:alpha']],
  ])('has what matches, once and in order, page by page, with room for %s', async (_what, room, texts) => {
    const place = await written(AGAIN);
    for (const text of texts) {
      for (const order of ['newest', 'oldest'] as const) {
        const { reader } = await opened(place, room);
        const expected = ALL.filter(matches(filterOf(text)));
        if (order === 'newest') expected.reverse();
        expect(await paged(reader, text, order), `${text} ${order}`).toEqual(expected.map(entryId));
      }
    }
  });

  it('counts what matches, by manifests and row by row', async () => {
    const { reader } = await opened(await written());
    for (const text of EXPRESSIONS) {
      const filter = filterOf(text);
      const time = await countedRange(filter, meansOf(reader), NOW_MS);
      const { count = 0 } = (time && (await countEntries({ filter, ...time }, meansOf(reader)))) ?? {};
      expect(count, text).toBe(ALL.filter(matches(filter)).length);
    }
  });

  it('counts over time and by value as a database does', async () => {
    const { reader } = await opened(await written());
    const [from, to] = ['2026-03-01 00:01:00.000000', '2026-03-02 00:02:00.000000'];
    const by = { kind: 'severity' } as const;
    const request = { filter: EVERYTHING, from, to, by, maxBuckets: 40, zone: 'UTC' };
    const { buckets } = await readHistogram(request, meansOf(reader));
    const counted = buckets.reduce(
      (sum, { counts }) => sum + [...counts.values()].reduce((a, b) => a + b, 0),
      0,
    );
    expect(counted).toBe(ALL.filter(({ timestamp }) => timestamp >= from && timestamp < to).length);
    const values = await readValues(
      { filter: filterOf('number'), of: { kind: 'service' }, range: {}, limit: 10 },
      meansOf(reader),
    );
    expect(new Map(values.values.map(({ value, count }) => [value, count])).get('rare')).toBe(1);
  });

  it('gives its minutes a day at a time, in both orders', async () => {
    const { reader } = await opened(await written());
    for (const order of ['newest', 'oldest'] as const) {
      const counts = new Map<string, number>();
      let bound: string | undefined;
      for (;;) {
        const range = order === 'newest' ? { to: bound } : { from: bound };
        const minutes = await reader.minutes(
          { order, ...range, maxCounts: 1, severities: ['error'] },
          NO_STOP,
        );
        for (const { minute, count } of minutes.counts) counts.set(minute, (counts.get(minute) ?? 0) + count);
        expect(
          await reader.lastMinute({ order, ...range, maxCounts: 1, severities: ['error'] }, NO_STOP),
        ).toBe(minutes.end);
        if (minutes.end === undefined) break;
        bound = order === 'newest' ? minutes.end : minutes.end.replace('23:59:00', '23:59:59');
      }
      const errors = ALL.filter(({ severity }) => severity === 'error');
      const expected = Map.groupBy(errors, ({ timestamp }) => `${timestamp.slice(0, 16)}:00`);
      expect(counts).toEqual(new Map([...expected].map(([minute, entries]) => [minute, entries.length])));
    }
  });

  it('finds an entry by its key, and its neighbours', async () => {
    const { reader } = await opened(await written());
    const at = ALL.findIndex(({ eventId }) => eventId === 'first-60');
    const found = ALL[at]!;
    await expect(reader.entry(found, NO_STOP)).resolves.toEqual(found);
    await expect(reader.entry({ ...found, eventId: 'none' }, NO_STOP)).resolves.toBeUndefined();
    const request = { key: found, filter: EVERYTHING, before: 5, after: 5 };
    const { before, after } = await readContext(request, meansOf(reader));
    expect([...before, found, ...after].map(entryId)).toEqual(ALL.slice(at - 5, at + 6).map(entryId));
  });

  it('is read no further than it has to be', async () => {
    const place = await written();
    const { reader, read } = await opened(place);
    const newest: Stretch = { order: 'newest' };
    const pageOf = (text: string, limit: number) =>
      readPage({ filter: filterOf(text), stretch: newest, limit }, meansOf(reader));
    await pageOf('', 5);
    expect(read).toEqual(['entries/2026-03-04/0002.0001.ndjson.gz']);
    read.length = 0;
    await pageOf('service:rare', 5);
    expect(read).toEqual(['entries/2026-03-01/0001.0003.ndjson.gz']);
    await pageOf('service:nobody', 5);
    await pageOf('time<2026-02-01', 5);
    expect(read).toHaveLength(1);
  });

  it.each(['newest', 'oldest'] as const)(
    'leaves out parts that are damaged, says so once, and shows nothing of them (%s first)',
    async (order) => {
      const place = await written(AGAIN);
      const name = 'entries/2026-03-01/0001.0002.ndjson.gz';
      await truncate(join(place.text, name), 900);
      const { reader, damages } = await opened(place);
      const lost = new Set(inOrder(FIRST).slice(40, 80).map(entryId));
      for (const each of AGAIN.concat(LATE)) lost.delete(entryId(each));
      const expected = ALL.map(entryId).filter((id) => !lost.has(id));
      expect(await paged(reader, '', order)).toEqual(order === 'newest' ? expected.reverse() : expected);
      expect(damages).toEqual([{ name, reason: expect.stringContaining(name) as string }]);
    },
  );

  it('stops when it is told to', async () => {
    const { reader } = await opened(await written());
    const stop = AbortSignal.abort(new Error('stopped'));
    const request = {
      stretch: { order: 'oldest' },
      path: { kind: 'key' },
      filter: EVERYTHING,
      maxEntries: 1,
    } as const;
    await expect(reader.piece(request, stop)).rejects.toThrow('stopped');
  });
});

const NO_STOP = new AbortController().signal;

/** What stands in two editions is counted twice by the manifests, as `lms archive` never has it. */
async function written(later = LATER): Promise<Directory> {
  const place = await archiveDirectory();
  await writeArchive(place, FIRST, { partRows: 40 });
  await writeArchive(place, LATE, { edition: 2, partRows: 40 });
  await writeArchive(place, later, { edition: 3, partRows: 40 });
  return place;
}

interface Opened {
  readonly reader: EntryReader;
  readonly damages: Damage[];
  /** The parts that were read, in order. */
  readonly read: string[];
}

async function opened(place: Directory, room?: number): Promise<Opened> {
  const [damages, read]: [Damage[], string[]] = [[], []];
  const { days } = await listArchive(place);
  const watched: Place = {
    text: place.text,
    list: (prefix) => place.list(prefix),
    read: (name, signal) => {
      read.push(name);
      return place.read(name, signal);
    },
    write: () => Promise.reject(new Error('it is only read')),
    remove: () => Promise.reject(new Error('it is only read')),
    removeLeftovers: () => Promise.reject(new Error('it is only read')),
  };
  const reader = new ArchiveReader(days, new PartReading(watched, (damage) => damages.push(damage)), room);
  return { reader, damages, read };
}

function meansOf(reader: EntryReader): Means {
  return { reader, budget: { maxMs: Infinity, maxRows: Infinity }, now: () => 0, signal: NO_STOP };
}

/** The ids of all that matches, by pages of seven. */
async function paged(reader: EntryReader, text: string, order: Order): Promise<string[]> {
  const filter = filterOf(text);
  const ids: string[] = [];
  let stretch: Stretch | undefined = { order };
  while (stretch !== undefined) {
    const page = await readPage({ filter, stretch, limit: 7 }, meansOf(reader));
    ids.push(...page.entries.map(entryId));
    stretch = page.next;
  }
  return ids;
}

function filterOf(text: string): Filter {
  const filter = parseFilter(text, { nowMs: NOW_MS, zone: 'UTC' });
  if (isMistake(filter)) throw new Error(filter.message);
  return filter;
}

function inOrder<Entry extends StoredEntry>(entries: readonly Entry[]): Entry[] {
  return entries.toSorted((one, other) => (isBefore(one, other) ? -1 : 1));
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
