import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cursor, filterHash, parseCursor, printCursor } from '../../../src/query/answers/cursor.ts';
import { END_OF_TIME } from '../../../src/query/answers/ports.ts';
import { isMistake } from '../../../src/query/mistake.ts';
import { parseFilter } from '../../../src/query/parse.ts';
import { filters, texts, times } from '../arbitraries.ts';

const HASH = filterHash({ kind: 'everything' });
const NOW_MS = Date.parse('2026-11-25T14:00:00Z');
const PARTS: readonly unknown[] = [
  1,
  'newest',
  NOW_MS,
  HASH,
  null,
  null,
  ['2026-11-25 14:00:00.000000', 'event-1~AAAAAAAA'],
];

const eventIds = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 64,
});
const positions = fc.record({ timestamp: times, eventId: eventIds });
const cursors: fc.Arbitrary<Cursor> = fc.record({
  stretch: fc.record({
    order: fc.constantFrom('newest' as const, 'oldest' as const),
    after: fc.option(positions, { nil: undefined }),
    from: fc.option(times, { nil: undefined }),
    to: fc.option(fc.oneof(times, fc.constant(END_OF_TIME)), { nil: undefined }),
  }),
  nowMs: fc.integer({ min: 0, max: 253_402_300_799_999 }),
  filterHash: filters.map(filterHash),
});

/** A text such as printCursor makes, of any parts. */
function forged(parts: unknown): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The parts of a good cursor with one of them, or a part of the position, replaced. */
function withPart(index: number, value: unknown): string {
  if (index < 7) return forged(PARTS.with(index, value));
  const position = ['2026-11-25 14:00:00.000000', 'event-1~AAAAAAAA'].map((part, at) =>
    at === index - 7 ? value : part,
  );
  return forged(PARTS.with(6, position));
}

const INJECTIONS = [
  "'; DROP TABLE service_logs; -- ",
  "' OR '1'='1",
  '" OR ""="',
  "2026-11-25 14:00:00.000000' OR 1=1 -- ",
  '2026-11-25 14:00:00.000000; SELECT SLEEP(10)',
  '\\',
  '\0',
  '%',
  '?',
  '\ud800',
  '${process.exit(1)}',
  '__proto__',
  '../../etc/passwd',
  '💥',
];

describe('a cursor', () => {
  it('is read as it was printed', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        const text = printCursor(cursor);
        expect(text).toMatch(/^[\w-]+$/);
        expect(parseCursor(text)).toEqual(cursor);
      }),
    );
    expect(parseCursor(forged(PARTS))).toMatchObject({ nowMs: NOW_MS, filterHash: HASH });
  });

  it('need not be at a row: it may be before all of a time, or at the beginning of all', () => {
    for (const after of [undefined, { timestamp: '2026-11-25 14:00:00.000000', eventId: '' }]) {
      const cursor = { stretch: { order: 'newest', after }, nowMs: NOW_MS, filterHash: HASH } as const;
      expect(parseCursor(printCursor(cursor))).toEqual(cursor);
    }
  });

  it('is refused, and nothing thrown, whatever text it is', () => {
    const anyText = fc.oneof(
      texts,
      fc.string({ unit: 'binary' }),
      fc.base64String().map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        expect(parseCursor(text)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
    const deep = Buffer.from('['.repeat(1_000_000)).toString('base64url');
    expect(parseCursor(deep)).toBeUndefined();
    expect(parseCursor('')).toBeUndefined();
  });

  it('is refused with a part that is none, whatever it is', () => {
    const part = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(...INJECTIONS));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), part, (index, value) => {
        const text = withPart(index, value);
        const cursor = parseCursor(text);
        if (cursor !== undefined) expect(printCursor(cursor)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 9 }), (parts) => {
        expect(parseCursor(forged(parts))).toBeUndefined();
      }),
    );
  });

  it.each(INJECTIONS)('is refused with %j in any part', (text) => {
    for (let index = 0; index < 8; index += 1) expect(parseCursor(withPart(index, text))).toBeUndefined();
    // An event id is any printable text without spaces, which goes to the database as a parameter.
    const inEventId = parseCursor(withPart(8, text));
    if (/^[!-~]*$/.test(text)) expect(inEventId?.stretch.after?.eventId).toBe(text);
    else expect(inEventId).toBeUndefined();
  });

  it('is refused with times and moments that do not exist, which a database would not take', () => {
    const notThere = [
      '2026-02-30 00:00:00.000000',
      '2026-13-01 00:00:00.000000',
      '0000-00-00 00:00:00.000000',
    ];
    const notAsColumns = ['2026-11-25T14:00:00.000000', '2026-11-25 14:00:00', '2026-11-25 24:00:00.000000'];
    for (const time of [...notThere, ...notAsColumns, '0999-12-31 23:59:59.999999'])
      for (const index of [4, 5, 7]) expect(parseCursor(withPart(index, time))).toBeUndefined();
    for (const index of [4, 7]) expect(parseCursor(withPart(index, END_OF_TIME))).toBeUndefined();
    for (const ms of [-1, 0.5, 253_402_300_800_000, 1e300, null, '0', -0.0000001])
      expect(parseCursor(withPart(2, ms))).toBeUndefined();
  });

  it('of another version is refused, and so is one that is cut off or has a sign changed', () => {
    expect(parseCursor(withPart(0, 2))).toBeUndefined();
    expect(parseCursor(forged([...PARTS, null]))).toBeUndefined();
    const good = forged(PARTS);
    for (let length = 0; length < good.length; length += 1)
      expect(parseCursor(good.slice(0, length))).toBeUndefined();
    for (const text of [
      ` ${good}`,
      `${good}\n`,
      `${good}=`,
      `${good}!`,
      `${good.slice(0, 5)}.${good.slice(5)}`,
    ])
      expect(parseCursor(text)).toBeUndefined();
  });

  it('has a moment from which every relative time can be reckoned', () => {
    for (const nowMs of [0, 253_402_300_799_999])
      for (const zone of ['UTC', 'Pacific/Kiritimati', 'Etc/GMT+12'])
        for (const time of ['now', 'today', 'yesterday', '14:00', '-999999999w'])
          expect(() => isMistake(parseFilter(`time>=${time}`, { nowMs, zone }))).not.toThrow();
  });

  it('tells filters apart, and times that were resolved differently', () => {
    const hashOf = (text: string, nowMs: number) => {
      const filter = parseFilter(text, { nowMs, zone: 'UTC' });
      if (isMistake(filter)) throw new Error(text);
      return filterHash(filter);
    };
    expect(hashOf('a b', 0)).toBe(hashOf(' a  b ', 1));
    expect(hashOf('a b', 0)).not.toBe(hashOf('a OR b', 0));
    expect(hashOf('time>-1h', NOW_MS)).toBe(hashOf('time>-1h', NOW_MS));
    expect(hashOf('time>-1h', NOW_MS)).not.toBe(hashOf('time>-1h', NOW_MS + 1_000));
  });
});
