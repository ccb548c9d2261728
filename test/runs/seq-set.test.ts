import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeqSet } from '../../src/runs/seq-set.ts';

function setOf(seqs: Iterable<number>): SeqSet {
  const set = new SeqSet();
  for (const seq of seqs) set.add(seq);
  return set;
}

describe('a set of sequence numbers', () => {
  it('knows size, highest, what was there before, ranges and gaps', () => {
    const set = setOf([3, 1, 2, 7, 40, 8_191, 8_192, 8_193]);
    expect([set.add(7), set.add(6)]).toEqual([false, true]);
    expect([set.size, set.highest]).toEqual([9, 8_193]);
    expect([...set.ranges()]).toEqual([
      { first: 1, last: 3 },
      { first: 6, last: 7 },
      { first: 40, last: 40 },
      { first: 8_191, last: 8_193 },
    ]);
    expect([...set.gaps(50)]).toEqual([
      { first: 4, last: 5 },
      { first: 8, last: 39 },
      { first: 41, last: 50 },
    ]);
  });

  it('takes the largest numbers there are, and lists a gap as long as that at once', () => {
    const set = setOf([1, Number.MAX_SAFE_INTEGER]);
    expect([...set.gaps(Number.MAX_SAFE_INTEGER)]).toEqual([{ first: 2, last: Number.MAX_SAFE_INTEGER - 1 }]);
  });

  it('agrees with a plain set, whatever is in it', () => {
    const seq = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 8_150, max: 8_260 }));
    fc.assert(
      fc.property(fc.array(seq), fc.integer({ min: 1, max: 9_000 }), (seqs, end) => {
        const [set, plain] = [setOf(seqs), new Set(seqs)];
        const expand = (ranges: Iterable<{ first: number; last: number }>) =>
          [...ranges].flatMap(({ first, last }) =>
            Array.from({ length: last - first + 1 }, (_, n) => first + n),
          );
        expect(set.size).toBe(plain.size);
        expect(expand(set.ranges())).toEqual([...plain].toSorted((a, b) => a - b));
        expect(expand(set.ranges(end))).toEqual([...plain].filter((n) => n >= end).toSorted((a, b) => a - b));
        const all = Array.from({ length: end }, (_, n) => n + 1);
        expect(expand(set.gaps(end))).toEqual(all.filter((n) => !plain.has(n)));
      }),
    );
  });

  it('holds a million numbers that came in any order', () => {
    const set = new SeqSet();
    for (let n = 0; n < 2 ** 20; n += 1) set.add((n * 7_919) % 2 ** 20);
    expect(set.size).toBe(2 ** 20);
    expect([...set.ranges()]).toEqual([{ first: 0, last: 2 ** 20 - 1 }]);
  });
});
