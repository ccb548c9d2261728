import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restore, type RestoredDay } from '../../src/app/archive/restore.ts';
import { planRestore } from '../../src/app/archive/restore-plan.ts';
import type { Directory } from '../../src/archive/directory.ts';
import { isBefore } from '../../src/archive/part-contents.ts';
import type { LogEntry, StoredEntry } from '../../src/logs/entry.ts';
import { SEVERITIES } from '../../src/logs/severity.ts';
import type { LogStore } from '../../src/pipeline/ports.ts';
import type { TimeRange } from '../../src/query/answers/time-range.ts';
import type { Store } from '../../src/store/store.ts';
import { entry } from '../contract/store-entries.ts';
import { mysqlSubject, sqliteSubject, type StoreSubject } from '../contract/store-subject.ts';
import { archiveDirectory, stored, writeArchive } from '../support/written-archive.ts';

const NO_STOP = new AbortController().signal;

describe.each([
  ['MySQL', mysqlSubject],
  ['SQLite', sqliteSubject],
] as const)('an archive is restored into %s', (_name, openSubject) => {
  let subject: StoreSubject;
  let store: Store;
  let place: Directory;

  beforeEach(async () => {
    subject = await openSubject();
    store = await subject.open();
    await store.migrate();
    place = await archiveDirectory();
    await writeArchive(place, ON_TIME, { partRows: 40 });
    await writeArchive(place, LATE, { edition: 2, partRows: 40 });
  });

  afterEach(() => subject.dispose());

  it('that is empty: the same rows, counted, and again is nothing', async () => {
    const days = await restored(place, store);
    expect(days.map(({ day }) => day)).toEqual(['2026-03-01', '2026-03-02', '2026-03-04']);
    expect(sum(days, 'stored')).toBe(ALL.length);
    expect(await rowsOf(store)).toEqual(bare(ALL));
    await inStep(store, ALL.length);

    const before = await createdAt(subject);
    const again = await restored(place, store);
    expect([sum(again, 'stored'), sum(again, 'duplicates')]).toEqual([0, ALL.length]);
    expect(await createdAt(subject)).toEqual(before);
    await inStep(store, ALL.length);
  });

  it('that has some of it, and other rows: these stay as they are', async () => {
    const others = [entry({ eventId: 'other', timestamp: '2026-03-02 00:00:00.000001' }), entry()];
    await store.write([...ALL.slice(30, 200), ...others].map(withoutTime));
    const before = await createdAt(subject);
    const days = await restored(place, store);
    expect([sum(days, 'stored'), sum(days, 'duplicates')]).toEqual([ALL.length - 170, 170]);
    expect(await rowsOf(store)).toEqual(bare([...ALL, ...others]));
    expect(await createdAt(subject)).toEqual(expect.arrayContaining([...before]));
    await inStep(store, ALL.length + others.length);
  });

  it('of a time alone', async () => {
    const range = { from: '2026-03-01 00:00:30.000000', to: '2026-03-02 00:00:10.000000' };
    await restored(place, store, { range });
    const within = ALL.filter(({ timestamp }) => timestamp >= range.from && timestamp < range.to);
    expect(within.length).toBeGreaterThan(50);
    expect(await rowsOf(store)).toEqual(bare(within));
    await inStep(store, within.length);
  });

  it('interrupted at any place, and begun again: the same rows', async () => {
    for (const writes of [0, 1, 4, 9]) {
      const stop = new AbortController();
      const stopping = stoppingAfter(writes, store, stop);
      await expect(restored(place, stopping, { signal: stop.signal })).rejects.toThrow('stopped here');
    }
    const { rows } = await store.totals();
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThan(ALL.length);
    await inStep(store, rows);
    const days = await restored(place, store);
    expect(sum(days, 'stored')).toBe(ALL.length - rows);
    expect(await rowsOf(store)).toEqual(bare(ALL));
    await inStep(store, ALL.length);
  });

  it.each([
    ['has a bit changed', (file: string) => flipBit(file)],
    ['is cut', (file: string) => truncate(file, 700)],
    ['is empty', (file: string) => truncate(file, 0)],
    [
      'is another',
      (file: string) => copyFile(join(place.text, 'entries/2026-03-02/0001.0001.ndjson.gz'), file),
    ],
    ['is gone', (file: string) => rm(file)],
  ] as const)(
    'but for a part that %s: nothing of it is believed, and the others go on',
    async (_what, damage) => {
      const name = 'entries/2026-03-01/0001.0002.ndjson.gz';
      await damage(join(place.text, name));
      const days = await restored(place, store);
      expect(days.flatMap(({ damaged }) => damaged.map(({ message }) => message))).toEqual([
        expect.stringContaining(name),
      ]);
      const lost = new Set(inOrder(ON_TIME).slice(40, 80));
      const kept = ALL.filter((each) => !lost.has(each));
      expect(await rowsOf(store)).toEqual(bare(kept));
      await inStep(store, kept.length);
    },
  );
});

/** Numbered entries of a day, a second apart, of which some have the same time, with what is hard to keep. */
function entriesOf(day: string, count: number, prefix = 'on-time'): StoredEntry[] {
  return Array.from({ length: count }, (_, n) => {
    const second = `00:${digits(Math.floor(n / 60))}:${digits(n % 60)}`;
    return stored(
      entry({
        timestamp: n % 10 < 4 ? `${day} 00:00:00.000007` : `${day} ${second}.${String(n).padStart(6, '0')}`,
        eventId: `${prefix}-${String(n)}`,
        serviceName: SERVICES[n % SERVICES.length]!,
        severity: SEVERITIES[n % SEVERITIES.length]!,
        payload: n === 13 ? HUGE : PAYLOADS[n % PAYLOADS.length]!,
        // As every server prints it.
        tags:
          n % 3 === 0
            ? null
            : `{"n": ${String(n)}, "user": "böse\\n\\"", "empty": [], "nested": {"a": null}}`,
      }),
    );
  });
}

const SERVICES = ['alpha', 'Alpha', 'β', '服务', 'a b', 'x'.repeat(100)];
const PAYLOADS = [
  '',
  'plain',
  'line\nline\r\ttab',
  '\u0000 and \u001f',
  'e\u0301 é 𝄞 \u{1F9D1}\u200D\u{1F4BB}',
  '"\\/',
];
const HUGE = '9'.repeat(1_000_000);
const ON_TIME = ['2026-03-01', '2026-03-02', '2026-03-04'].flatMap((day, index) =>
  entriesOf(day, [100, 120, 20][index]!),
);
const LATE = [...entriesOf('2026-03-01', 30, 'late'), ...entriesOf('2026-03-02', 50, 'late')];
const ALL = [...ON_TIME, ...LATE];

interface Options {
  readonly range?: TimeRange;
  readonly signal?: AbortSignal;
}

async function restored(
  place: Directory,
  store: Pick<LogStore, 'write'>,
  { range = {}, signal = NO_STOP }: Options = {},
): Promise<RestoredDay[]> {
  const plan = await planRestore(place, range, signal);
  const days: RestoredDay[] = [];
  for await (const day of restore(plan, { place, store, signal, batchRows: 25 })) days.push(day);
  return days;
}

/** A store that takes so many writes; at the next one the restore is stopped. */
function stoppingAfter(writes: number, store: Store, stop: AbortController): Pick<LogStore, 'write'> {
  let left = writes;
  return {
    write(batch) {
      left -= 1;
      if (left >= 0) return store.write(batch);
      stop.abort(new Error('stopped here'));
      return Promise.reject(new Error('stopped here'));
    },
  };
}

async function rowsOf(store: Store): Promise<unknown[]> {
  const rows: StoredEntry[] = [];
  for await (const row of store.entries()) rows.push(row);
  return bare(rows);
}

/** Without the time of their writing, in an order. */
function bare(entries: readonly LogEntry[]): LogEntry[] {
  return inOrder(entries).map(withoutTime);
}

function inOrder<Entry extends LogEntry>(entries: readonly Entry[]): Entry[] {
  return entries.toSorted((one, other) => (isBefore(one, other) ? -1 : 1));
}

function withoutTime({ timestamp, eventId, serviceName, severity, payload, tags }: LogEntry): LogEntry {
  return { timestamp, eventId, serviceName, severity, payload, tags };
}

async function createdAt(subject: StoreSubject): Promise<readonly unknown[]> {
  return subject.sql('SELECT timestamp, event_id, created_at FROM service_logs ORDER BY timestamp, event_id');
}

async function inStep(store: Store, rows: number): Promise<void> {
  const { agree, total } = await store.verify();
  expect({ agree, total }).toEqual({ agree: true, total: { rows, counted: rows, countedByMinute: rows } });
}

function sum(days: readonly RestoredDay[], of: 'stored' | 'duplicates'): number {
  return days.reduce((all, day) => all + day[of], 0);
}

async function flipBit(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  await writeFile(file, bytes);
}

function digits(number: number): string {
  return String(number).padStart(2, '0');
}
