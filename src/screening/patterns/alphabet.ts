import { type CharSet, WORD } from './char-set.ts';

/** What stands on one side of a place. */
export const EDGE = 0;
export const WORD_UNIT = 1;
const OTHER_UNIT = 2;

const UNITS = 0x1_0000;

/**
 * Units that no pattern tells apart are one class: automata have a step for each class, and not for each of
 * 65,536 units.
 */
export class Alphabet {
  /** The class of each unit. */
  readonly classOf = new Uint16Array(UNITS);
  /** How many classes there are. */
  readonly size: number;
  /** A unit of each class. */
  readonly #samples: readonly number[];

  /** `sets`: all that patterns have. */
  constructor(sets: readonly CharSet[]) {
    const starts = new Set([0]);
    for (const [from, to] of [...sets, WORD].flat()) {
      starts.add(from);
      if (to + 1 < UNITS) starts.add(to + 1);
    }
    const samples: number[] = [];
    const known = new Map<string, number>();
    const ordered = [...starts].toSorted((one, other) => one - other);
    const all = [...new Set(sets), WORD];
    for (const [index, start] of ordered.entries()) {
      const members = all.map((set) => (has(set, start) ? '1' : '0')).join('');
      const number = known.get(members) ?? samples.push(start) - 1;
      known.set(members, number);
      this.classOf.fill(number, start, ordered[index + 1] ?? UNITS);
    }
    this.size = samples.length;
    this.#samples = samples;
  }

  /** Which classes a set is made of: 1 for each that is in it. */
  classesOf(set: CharSet): Uint8Array {
    return Uint8Array.from(this.#samples, (unit) => (has(set, unit) ? 1 : 0));
  }

  /** Whether units of a class are word characters: `WORD_UNIT` or another number. */
  kindOf(number: number): number {
    return has(WORD, this.#samples[number] ?? 0) ? WORD_UNIT : OTHER_UNIT;
  }
}

function has(set: CharSet, unit: number): boolean {
  return set.some(([from, to]) => from <= unit && unit <= to);
}
