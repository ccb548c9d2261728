import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cursor, filterHash, parseCursor, printCursor } from '../../../src/query/answers/cursor.ts';
import { END_OF_TIME, type Stretch } from '../../../src/query/answers/ports.ts';
import { filters, times } from '../arbitraries.ts';

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const eventIds = fc
  .array(fc.integer({ min: 0x21, max: 0x7e }), { maxLength: 64 })
  .map((codes) => String.fromCharCode(...codes));
const cursors: fc.Arbitrary<Cursor> = fc.record({
  stretch: fc.record({
    order: fc.constantFrom<Stretch['order']>('newest', 'oldest'),
    after: optional(fc.record({ timestamp: times, eventId: eventIds })),
    from: optional(times),
    to: optional(fc.oneof(times, fc.constant(END_OF_TIME))),
  }),
  nowMs: fc.integer({ min: -8.64e15, max: 8.64e15 }),
  filterHash: fc.string(),
});

const AT = '2026-11-25 14:00:00.000000';

/** A cursor of these parts, as anybody can make one. */
function made(...parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

describe('a cursor', () => {
  it('is read as it was printed, and is a word of a URL', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        const text = printCursor(cursor);
        expect(text).toMatch(/^[\w-]+$/);
        expect(parseCursor(text)).toEqual(cursor);
      }),
    );
  });

  it('that anybody made up is none, and never an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), (text) => {
        expect(parseCursor(text)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseCursor(Buffer.from(JSON.stringify(value)).toString('base64url'))).toBeUndefined();
      }),
    );
  });

  it.each([
    ['a condition for a time', [1, 'newest', 0, 'hash', "' OR 1=1 -- ", null, null]],
    ['a time that is none', [1, 'newest', 0, 'hash', '2026-02-30 00:00:00.000000', null, null]],
    ['a time after all', [1, 'newest', 0, 'hash', END_OF_TIME, null, null]],
    ['a year before all', [1, 'newest', 0, 'hash', null, '0000-00-00 00:00:00.000000', null]],
    ['a place at no time', [1, 'newest', 0, 'hash', null, null, ['2026-11-25 25:00:00.000000', 'id']]],
    ['a statement for an id', [1, 'newest', 0, 'hash', null, null, [AT, "'; DROP TABLE service_logs; --"]]],
    ['an id with a NUL', [1, 'newest', 0, 'hash', null, null, [AT, 'a\0b']]],
    ['an id beyond ASCII', [1, 'newest', 0, 'hash', null, null, [AT, 'é']]],
    ['an id that is too long', [1, 'newest', 0, 'hash', null, null, [AT, 'x'.repeat(65)]]],
    ['an id that is an object', [1, 'newest', 0, 'hash', null, null, [AT, { $gt: '' }]]],
    ['an order of its own', [1, 'timestamp; --', 0, 'hash', null, null, null]],
    ['a moment that no clock shows', [1, 'newest', 9e15, 'hash', null, null, null]],
    ['another version', [2, 'newest', 0, 'hash', null, null, null]],
  ])('with %s is none', (_, parts) => {
    expect(parseCursor(made(...parts))).toBeUndefined();
  });

  it('with quotes in its id, which are of ASCII, is one', () => {
    const parsed = parseCursor(made(1, 'newest', 0, 'hash', null, null, [AT, `'"\\;--`]));
    expect(parsed?.stretch.after).toEqual({ timestamp: AT, eventId: `'"\\;--` });
  });

  it('has a hash of its filter, by which it belongs to no other', () => {
    fc.assert(
      fc.property(filters, filters, (one, other) => {
        expect(filterHash(one)).toMatch(/^[\w-]{12}$/);
        expect(filterHash(one) === filterHash(other)).toBe(isDeepStrictEqual(one, other));
      }),
    );
  });
});
