import { type BlockSet, blocksWith, placesIn } from '../../query/words/groups.ts';
import { type Need, wordsIn } from '../../query/words/needed-words.ts';
import type { Word } from '../../query/words/word.ts';
import { positionsOf } from '../../query/words/word-filter.ts';

/** Where a block's filter is. */
export interface BlockPlace {
  readonly group: number;
  readonly place: number;
}

/** Collects which blocks may have each of the words that are needed, and tells which may have what is needed. */
export class WordBlocks {
  /** Each word once. What is said of a word names it by its number among them. */
  readonly all: readonly Word[];
  readonly #need: Need;
  readonly #positions: readonly (readonly number[])[];
  readonly #numbers: ReadonlyMap<string, number>;
  /** The sets of all words, of each group in which a block may have one. */
  readonly #sets = new Map<number, BlockSet[]>();

  constructor(need: Need) {
    this.#need = need;
    const words = new Map(wordsIn(need).map((word) => [keyOf(word), word]));
    this.all = [...words.values()];
    this.#positions = this.all.map(positionsOf);
    this.#numbers = new Map([...words.keys()].map((key, number) => [key, number]));
  }

  /** The bits of a word in every filter: all in one slice. */
  positionsOf(number: number): readonly number[] {
    return this.#positions[number] ?? [];
  }

  /** Numbers of words from one on, at most so many. */
  numbers(from: number, most: number): readonly number[] {
    return [...this.all.keys()].slice(from, from + most);
  }

  /** Blocks of a group that may have a word. */
  add(number: number, group: number, blocks: BlockSet): void {
    if (blocks === 0) return;
    const sets = this.#sets.get(group) ?? this.all.map(() => 0);
    sets[number] = (sets[number] ?? 0) | blocks;
    this.#sets.set(group, sets);
  }

  /** The blocks that may have what is needed. */
  found(): BlockPlace[] {
    return [...this.#sets].flatMap(([group, sets]) => {
      const blocks = blocksWith(this.#need, (word) => sets[this.#numbers.get(keyOf(word)) ?? -1] ?? 0);
      return placesIn(blocks).map((place) => ({ group, place }));
    });
  }
}

function keyOf({ one, other }: Word): string {
  return `${one} ${other}`;
}
