import { isPairUnit, isWordUnit } from './alphabet.ts';
import {
  COMPOUND,
  type Compound,
  joined,
  nextOne,
  nextOther,
  spread,
  START_ONE,
  START_OTHER,
  type WordSink,
} from './word.ts';

/** Which ends of a text may lie within a word. */
export interface Ends {
  readonly openStart: boolean;
  readonly openEnd: boolean;
}

/** A text that stands alone: its first and its last word are whole. */
export const CLOSED: Ends = { openStart: false, openEnd: false };

const [SLASH, AT, DOT, DASH, PLUS] = [0x2f, 0x40, 0x2e, 0x2d, 0x2b];
const [ZERO, NINE, A, F] = [0x30, 0x39, 0x61, 0x66];
/** Units of the parts of a UUID. */
const UUID = [8, 4, 4, 4, 12] as const;
/** Words that a compound has at most. */
const KEPT = 5;

/**
 * Finds the words of a text, which is as `fold` leaves it: runs of word characters that are whole, and
 * compounds of neighbours. Which compounds there are is told by the words and what stands between them alone:
 * wherever a text occurs in another, not in the middle of a word, its compounds do. Reused for one text after
 * the other.
 */
export class WordScanner {
  readonly #sink: WordSink;
  /** The last words, each in the place of its number modulo their count. */
  readonly #ones = new Int32Array(KEPT);
  readonly #others = new Int32Array(KEPT);
  readonly #lengths = new Int32Array(KEPT);
  /** 2: all digits; 1: all hexadecimal digits; 0: others. */
  readonly #kinds = new Int8Array(KEPT);
  /** The one unit between a word and the one before; 0 if there is not just one. */
  readonly #joints = new Int32Array(KEPT);
  #count = 0;
  #end = -1;

  constructor(sink: WordSink) {
    this.#sink = sink;
  }

  /** Hands over the words of a text. */
  scan(text: string, { openStart, openEnd }: Ends = CLOSED): void {
    this.#count = 0;
    this.#end = -1;
    const { length } = text;
    for (let at = 0; at < length && !this.#sink.isFull;) {
      const unit = text.charCodeAt(at);
      if (!isWordUnit(unit)) {
        if (unit >= 0x590) this.#pair(text, at, unit);
        at += 1;
        continue;
      }
      at = this.#word(text, at, openStart && at === 0, openEnd);
    }
  }

  /** Reads the word that begins here, and returns where it ends. */
  #word(text: string, start: number, isCut: boolean, openEnd: boolean): number {
    const { length } = text;
    let one = START_ONE;
    let other = START_OTHER;
    let kind = 2;
    let at = start;
    for (; at < length; at += 1) {
      const unit = text.charCodeAt(at);
      if (!isWordUnit(unit)) break;
      one = nextOne(one, unit);
      other = nextOther(other, unit);
      if (kind > 0 && (unit < ZERO || unit > NINE)) kind = unit >= A && unit <= F ? 1 : 0;
    }
    if (isCut || (openEnd && at === length)) return at;
    const slot = this.#count % KEPT;
    this.#ones[slot] = spread(one);
    this.#others[slot] = spread(other);
    this.#lengths[slot] = at - start;
    this.#kinds[slot] = kind;
    this.#joints[slot] = this.#end === start - 1 && this.#count > 0 ? text.charCodeAt(start - 1) : 0;
    this.#count += 1;
    this.#end = at;
    this.#sink.add(this.#ones[slot], this.#others[slot], at - start);
    if (this.#joints[slot] !== 0) this.#compounds();
    return at;
  }

  /** Those that the last word ends. */
  #compounds(): void {
    switch (this.#jointOf(0)) {
      case SLASH:
        this.#compound(COMPOUND.path, 0, 1);
        break;
      case AT:
        this.#mail(1);
        break;
      case DOT:
        if (this.#isAddress()) this.#compound(COMPOUND.address, 0, 3);
        if (this.#jointOf(1) === AT) this.#mail(2);
        break;
      case DASH:
        if (this.#isUuid()) this.#compound(COMPOUND.uuid, 0, 4);
        break;
    }
  }

  /** Behind the `@` stand so many words: with the one before it, and with two if there are. */
  #mail(behind: number): void {
    this.#compound(COMPOUND.mail, 0, behind);
    const joint = this.#jointOf(behind);
    if (joint === DOT || joint === DASH || joint === PLUS) this.#compound(COMPOUND.mail, 0, behind + 1);
  }

  #isAddress(): boolean {
    if (this.#count < 4) return false;
    for (let back = 0; back < 4; back += 1) {
      const slot = this.#slotOf(back);
      if (this.#kinds[slot] !== 2 || (this.#lengths[slot] ?? 0) > 3) return false;
      if (back < 3 && this.#joints[slot] !== DOT) return false;
    }
    return true;
  }

  #isUuid(): boolean {
    if (this.#count < 5) return false;
    return UUID.every((length, index) => {
      const slot = this.#slotOf(4 - index);
      if (this.#lengths[slot] !== length || this.#kinds[slot] === 0) return false;
      return index === 0 || this.#joints[slot] === DASH;
    });
  }

  /** Of the words from the last to that which lies so many before it. */
  #compound(kind: Compound, last: number, first: number): void {
    let one: number = kind;
    let other: number = kind;
    let length = 0;
    for (let back = first; back >= last; back -= 1) {
      const slot = this.#slotOf(back);
      one = joined(one, this.#ones[slot] ?? 0);
      other = joined(other, this.#others[slot] ?? 0);
      // What stands between makes one compound of `a.b@c` and another of `a-b@c`.
      if (back < first) one = joined(one, this.#joints[slot] ?? 0);
      length += (this.#lengths[slot] ?? 0) + 1;
    }
    this.#sink.add(one, other, length);
  }

  #pair(text: string, at: number, unit: number): void {
    if (!isPairUnit(unit) || at === 0) return;
    const before = text.charCodeAt(at - 1);
    if (!isPairUnit(before)) return;
    const one = joined(joined(COMPOUND.pair, before), unit);
    this.#sink.add(one, joined(joined(-COMPOUND.pair, before), unit), 2);
  }

  #slotOf(back: number): number {
    return (this.#count - 1 - back) % KEPT;
  }

  #jointOf(back: number): number {
    return this.#joints[this.#slotOf(back)] ?? 0;
  }
}
