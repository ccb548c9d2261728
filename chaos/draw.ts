import { createHash } from 'node:crypto';
import { type Random, seededRandom } from '../src/simulator/random.ts';

/** Chance that is the same whenever it is drawn for the same subject. */
export class Draw {
  readonly #random: Random;

  /**
   * `subject` is the seed and what is drawn for, such as `7, 'round', 3`: other subjects have other,
   * unrelated draws.
   */
  constructor(...subject: readonly (string | number)[]) {
    this.#random = seededRandom(createHash('sha256').update(subject.join(' ')).digest().readInt32LE());
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[this.whole(0, list.length - 1)];
    if (picked === undefined) throw new RangeError('there is nothing to pick from');
    return picked;
  }

  /** As `pick`, where each has a chance in proportion to its weight. */
  weighted<T extends { readonly weight: number }>(list: readonly T[]): T {
    let left = this.#random() * list.reduce((sum, { weight }) => sum + weight, 0);
    for (const candidate of list) {
      left -= candidate.weight;
      if (left < 0) return candidate;
    }
    return this.pick(list);
  }

  /** `count` different ones of a list, in any order. */
  several<T>(list: readonly T[], count: number): T[] {
    const left = [...list];
    return Array.from({ length: Math.min(count, list.length) }, () => {
      const [taken] = left.splice(this.whole(0, left.length - 1), 1);
      if (taken === undefined) throw new RangeError('there is nothing to pick from');
      return taken;
    });
  }
}
