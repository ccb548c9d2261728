/** What a filter of words knows of a word: two numbers of 32 bits. Stored for good: they never change. */
export interface Word {
  readonly one: number;
  readonly other: number;
}

/** What takes the words that are found. */
export interface WordSink {
  /** The numbers of a word, and how many characters it has, about. */
  add(one: number, other: number, length: number): void;
  /** Whether further ones change nothing: then none may come. */
  readonly isFull: boolean;
}

/** Two ways to take a text unit by unit. */
export const START_ONE = 0x811c9dc5;
export const START_OTHER = 0x2f0b4c47;

export function nextOne(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

export function nextOther(hash: number, unit: number): number {
  return (Math.imul(hash ^ unit, 0x5bd1e995) + 0x3c6ef372) | 0;
}

/** Spreads what a few units make of a number over all of its bits. */
export function spread(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The word that is a whole text. */
export function wordOf(text: string): Word {
  let [one, other] = [START_ONE, START_OTHER];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = nextOne(one, unit);
    other = nextOther(other, unit);
  }
  return { one: spread(one), other: spread(other) };
}

/** What words are parts of; what is not a kind of compound is a word. */
export const COMPOUND = { path: 1, mail: 2, address: 3, uuid: 4, pair: 5, tag: 6, tagName: 7 } as const;
export type Compound = (typeof COMPOUND)[keyof typeof COMPOUND];

/** The number of a compound, from those of its parts: begin with its kind. */
export function joined(before: number, part: number): number {
  return spread(Math.imul(before, 0x27d4eb2f) ^ part);
}
