import { expect, it } from 'vitest';
import { BlockBuilder } from '../../../src/query/words/block-builder.ts';
import { EntryWords, tagNameWord, tagWord } from '../../../src/query/words/entry-words.ts';
import {
  GROUP_BLOCKS,
  placeOf,
  placesIn,
  SLICE_BYTES,
  SLICES,
  slicesOf,
} from '../../../src/query/words/groups.ts';
import { wordOf } from '../../../src/query/words/word.ts';
import { BLOCK_WORDS, positionsOf, WordFilter } from '../../../src/query/words/word-filter.ts';

function filterOf(words: Iterable<string>): WordFilter {
  const filter = new WordFilter();
  for (const word of words) {
    const { one, other } = wordOf(word);
    filter.add(one, other);
  }
  return filter;
}

const named = (count: number, name: string) => Array.from({ length: count }, (_, n) => `${name}${n}`);

it('a filter has what was added', () => {
  const words = named(BLOCK_WORDS, 'word');
  const filter = filterOf(words);
  expect(words.every((word) => filter.mayHave(wordOf(word)))).toBe(true);
  expect(filter.words).toBeGreaterThan(BLOCK_WORDS * 0.998);
});

it('of what was not added it has less than one word in 40,000, and no word seems to be in many filters', () => {
  const filters = Array.from({ length: 60 }, (_, n) => filterOf(named(BLOCK_WORDS, `word ${n} `)));
  const wrong = named(5_000, 'other').map((word) => {
    const positions = positionsOf(wordOf(word));
    return filters.filter(({ bits }) => positions.every((at) => ((bits[at >> 3] ?? 0) >> (at & 7)) & 1))
      .length;
  });
  const all = wrong.reduce((sum, count) => sum + count, 0);
  expect(all).toBeGreaterThan(0);
  expect(all / (wrong.length * filters.length)).toBeLessThan(1 / 40_000);
  expect(Math.max(...wrong)).toBeLessThan(3);
});

it('all bits of a word lie in one slice', () => {
  const slices = named(10_000, 'word').map((word) => [
    ...new Set(positionsOf(wordOf(word)).map((position) => placeOf(position).slice)),
  ]);
  expect(slices.every(({ length }) => length === 1)).toBe(true);
  // And words do not crowd in some of them.
  expect(new Set(slices.flat()).size).toBe(SLICES);
});

it('words have the numbers that are stored', () => {
  // Other numbers would leave out of every search what is indexed already.
  expect(positionsOf(wordOf('timeout'))).toMatchInlineSnapshot(`
    [
      151541,
      151531,
      151353,
      151147,
      151372,
      151162,
      151370,
      151115,
      151188,
    ]
  `);
  expect(wordOf('')).toMatchInlineSnapshot(`
    {
      "one": -1421968373,
      "other": 76444349,
    }
  `);
});

it('slices of a group say of each word what the filters of its blocks say', () => {
  const filters = Array.from({ length: GROUP_BLOCKS }, (_, block) =>
    block === 5
      ? undefined
      : filterOf([...named(200, `of ${block} `), 'common', ...(block % 2 === 0 ? ['even'] : [])]),
  );
  const slices = slicesOf(filters.map((filter) => filter?.bits));
  expect(slices).toHaveLength(SLICES);
  expect(slices.every((slice) => slice.length === SLICE_BYTES)).toBe(true);
  const bitsAt = (position: number) => {
    const { slice, byte } = placeOf(position);
    return Buffer.from(slices[slice] ?? []).readInt32LE(byte);
  };
  const blocksOf = (word: string) =>
    placesIn(
      positionsOf(wordOf(word))
        .map(bitsAt)
        .reduce((sum, set) => sum & set),
    );
  for (const word of ['common', 'even', 'of 31 7', 'of 0 0', 'nowhere', 'of 7 199'])
    expect(blocksOf(word)).toEqual(
      filters.flatMap((filter, block) => (filter?.mayHave(wordOf(word)) ? [block] : [])),
    );
  expect(blocksOf('even')).not.toContain(5);
});

const row = (n: number, payload: string, tags: string | null = null) => ({
  timestamp: `2026-01-01 00:0${n % 10}:00.000000`,
  eventId: `e${n}`,
  serviceName: 's',
  severity: 'info' as const,
  payload,
  tags,
  createdAt: '',
});

it('a block ends with the entry that brings it to its words, and counts its minutes', () => {
  const builder = new BlockBuilder(100);
  const rows = Array.from({ length: 10 }, (_, n) => row(n >> 1, named(20, `w${n}x`).join(' ')));
  const blocks = rows.map((each) => builder.add(each));
  expect(blocks.map((block) => block?.rows)).toEqual([
    ...[undefined, undefined, undefined, undefined, 5],
    ...[undefined, undefined, undefined, undefined, 5],
  ]);
  expect(blocks[4]?.minutes).toEqual(
    new Map([
      ['2026-01-01 00:00:00', 2],
      ['2026-01-01 00:01:00', 2],
      ['2026-01-01 00:02:00', 1],
    ]),
  );
  expect(blocks[9]).toMatchObject({ first: { eventId: 'e2' }, last: { eventId: 'e4' } });
  expect(builder.end()).toBeUndefined();
});

it('of a text no more words are looked for than a filter can hold', () => {
  let added = 0;
  const sink = {
    get isFull() {
      return added === 100;
    },
    add: () => (added += 1),
  };
  new EntryWords(sink).add(row(0, named(1_000, 'w').join(' ')));
  expect(added).toBe(100);
});

it('a row with more words than a filter can hold makes a block that says yes', () => {
  const builder = new BlockBuilder();
  const block = builder.add(row(0, named(100_000, 'w').join(' ').padEnd(10_000_000, '-')));
  expect(block?.rows).toBe(1);
  expect(block?.bits.every((byte) => byte === 0xff)).toBe(true);
  // What comes next is not spoiled by it.
  builder.add(row(1, 'short'));
  const bits = builder.end()?.bits ?? new Uint8Array();
  const set = bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
  expect(set).toBe(new Set(positionsOf(wordOf('short'))).size);
});

it('tags that are no JSON make a block that says yes; without any word it says no to all', () => {
  const builder = new BlockBuilder();
  expect(builder.add(row(0, 'x', '{"broken'))?.bits.every((byte) => byte === 0xff)).toBe(true);
  builder.add(row(1, '', '{}'));
  expect(builder.end()?.bits.every((byte) => byte === 0)).toBe(true);
});

it('a value that one tag had is stored with another that has it, too', () => {
  const builder = new BlockBuilder();
  builder.add(row(0, '', '{"from":"berlin"}'));
  builder.add(row(1, '', '{"to":"berlin"}'));
  const filter = new WordFilter();
  filter.bits.set(builder.end()?.bits ?? []);
  const mayHave = (name: string) => filter.mayHave(tagWord(tagNameWord(name), wordOf('berlin')));
  expect(['from', 'to', 'via'].map(mayHave)).toEqual([true, true, false]);
});
