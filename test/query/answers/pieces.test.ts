import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { piecesOf } from '../../../src/query/answers/pieces.ts';

const minutesOf = (text: string) =>
  Date.parse(`${text.replace(' 24:00', ' 00:00').replace(' ', 'T')}Z`) / 60_000 +
  (text.includes(' 24:') ? 1440 : 0);
const textOf = (minute: number) => new Date(minute * 60_000).toISOString().slice(0, 19).replace('T', ' ');
const shown = (from: string, to: string) =>
  piecesOf({ from, to }).map(
    (piece) => `${piece.sign > 0 ? '+' : '-'}${String(piece.width)} ${piece.from}/${piece.to}`,
  );

describe('a range of minutes by sums', () => {
  it.each([
    [
      'a day',
      '2026-03-29 00:00:00',
      '2026-03-30 00:00:00',
      ['+1440 2026-03-29 00:00:00/2026-03-30 00:00:00'],
    ],
    [
      'a day of a zone an hour east',
      '2026-03-28 23:00:00',
      '2026-03-29 23:00:00',
      [
        '+60 2026-03-28 23:00:00/2026-03-29 00:00:00',
        '+1440 2026-03-29 00:00:00/2026-03-30 00:00:00',
        '-60 2026-03-29 23:00:00/2026-03-30 00:00:00',
      ],
    ],
    [
      'a day of a zone off the hour',
      '2026-03-28 18:15:00',
      '2026-03-29 18:15:00',
      [
        '-1 2026-03-28 18:00:00/2026-03-28 18:15:00',
        '+60 2026-03-28 18:00:00/2026-03-29 00:00:00',
        '+1440 2026-03-29 00:00:00/2026-03-30 00:00:00',
        '+1 2026-03-29 18:00:00/2026-03-29 18:15:00',
        '-60 2026-03-29 18:00:00/2026-03-30 00:00:00',
      ],
    ],
    ['minutes', '2026-03-29 10:10:00', '2026-03-29 10:12:00', ['+1 2026-03-29 10:10:00/2026-03-29 10:12:00']],
    [
      'up to the end of time',
      '9999-12-30 00:00:00',
      '9999-12-31 24:00:00',
      ['+1440 9999-12-30 00:00:00/9999-12-31 24:00:00'],
    ],
  ])('%s', (_, from, to, pieces) => {
    expect(shown(from, to)).toEqual(pieces);
  });

  it('counts each of its minutes once, and no other, with few pieces of the right width', () => {
    const start = minutesOf('2026-03-20 00:00:00');
    const minute = fc.integer({ min: 0, max: 12 * 1440 });
    fc.assert(
      fc.property(minute, fc.integer({ min: 1, max: 6 * 1440 }), (offset, length) => {
        const [from, to] = [start + offset, start + offset + length];
        const counted = new Map<number, number>();
        const pieces = piecesOf({ from: textOf(from), to: textOf(to) });
        for (const piece of pieces) {
          const [first, last] = [minutesOf(piece.from), minutesOf(piece.to)];
          expect([first % piece.width, last % piece.width]).toEqual([0, 0]);
          for (let each = first; each < last; each += 1)
            counted.set(each, (counted.get(each) ?? 0) + piece.sign);
        }
        const once = [...counted].filter(([, times]) => times !== 0);
        expect(once.every(([each, times]) => times === 1 && each >= from && each < to)).toBe(true);
        expect(once).toHaveLength(length);
        const sums = pieces.reduce(
          (sum, piece) => sum + (minutesOf(piece.to) - minutesOf(piece.from)) / piece.width,
          0,
        );
        expect(sums).toBeLessThanOrEqual(length / 1440 + 2 * (12 + 30) + 1);
      }),
      { numRuns: 300 },
    );
  });
});
