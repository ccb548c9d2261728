import { type Alphabet, EDGE } from './alphabet.ts';
import { type Automaton, holds } from './automaton.ts';

/** `step` says so: there is a match that ends here. */
export const MATCHED = -2;

const UNKNOWN = -1;
/** The number of the set that a text begins with. */
const FIRST = 0;
const FIRST_STATES = 32;
/** States that are kept between texts: each takes some bytes for every class. */
const MAX_STATES = 2_000;

/** Which way a text is read, and whether it is over with the first match. */
export interface Reading {
  readonly isBackwards: boolean;
  readonly stops: boolean;
}

/** States of the automaton, in order, and what stood before the place (behind it, read backwards). */
interface Known {
  readonly states: readonly number[];
  readonly side: number;
}

/**
 * An automaton that is in all its states at once, and knows each such set by a number: matches may begin at
 * every place of a text. Steps that were taken once are a look into a table, so that the time it takes grows
 * with the text alone, whatever the pattern.
 */
export class LazyAutomaton {
  /** Steps that were not known, since it was made: these cost time. */
  misses = 0;
  readonly #automaton: Automaton;
  readonly #alphabet: Alphabet;
  readonly #reading: Reading;
  #known: Known[] = [];
  #numbers = new Map<string, number>();
  #table = new Int32Array(0);
  #ends: (boolean | undefined)[] = [];

  constructor(automaton: Automaton, alphabet: Alphabet, reading: Reading) {
    this.#automaton = automaton;
    this.#alphabet = alphabet;
    this.#reading = reading;
  }

  /** The number of the set that a text begins with; numbers from before are worth nothing. */
  begin(): number {
    if (this.#known.length > MAX_STATES || this.#known.length === 0) this.#forget();
    return FIRST;
  }

  /** The number of the set behind a unit of a class, or `MATCHED` if a match ends before that unit. */
  step(number: number, unitClass: number): number {
    const next = this.#table[number * this.#alphabet.size + unitClass] ?? UNKNOWN;
    return next === UNKNOWN ? this.#take(number, unitClass) : next;
  }

  /**
   * Reads a text for as long as its steps are known, from a place and the set there: where it stops, with the
   * set there or `MATCHED`. The loop that everything passes through.
   */
  run(text: string, from: number, set: number): readonly [at: number, set: number] {
    const table = this.#table;
    const { classOf, size } = this.#alphabet;
    const { length } = text;
    let at = from;
    let current = set;
    while (at < length) {
      const next = table[current * size + (classOf[text.charCodeAt(at)] ?? 0)] ?? UNKNOWN;
      if (next < 0) return next === MATCHED ? [at, MATCHED] : [at, current];
      current = next;
      at += 1;
    }
    return [at, current];
  }

  /** Whether a match ends where the text does. */
  endsMatched(number: number): boolean {
    const known = this.#ends[number];
    if (known !== undefined) return known;
    const isMatched = this.#reached(number, EDGE).includes(this.#automaton.end);
    this.#ends[number] = isMatched;
    return isMatched;
  }

  /** All states that it is in before a unit of a class, with those that assertions about it lead to. */
  before(number: number, unitClass: number): readonly number[] {
    return this.#reached(number, this.#alphabet.kindOf(unitClass));
  }

  #take(number: number, unitClass: number): number {
    this.misses += 1;
    const { stops } = this.#reading;
    const { start, end, steps } = this.#automaton;
    const reached = this.before(number, unitClass);
    let next = MATCHED;
    if (!stops || !reached.includes(end)) {
      const to = new Set([start]);
      for (const state of reached)
        for (const step of steps[state] ?? []) if (step.classes[unitClass] === 1) to.add(step.to);
      const states = [...to].toSorted((one, other) => one - other);
      next = this.#numberOf(states, this.#alphabet.kindOf(unitClass));
    }
    this.#table[number * this.#alphabet.size + unitClass] = next;
    return next;
  }

  #reached(number: number, next: number): readonly number[] {
    const { states, side } = this.#known[number] ?? { states: [], side: EDGE };
    const [before, behind] = this.#reading.isBackwards ? [next, side] : [side, next];
    const seen = new Set(states);
    for (const state of seen)
      for (const { to, assertion } of this.#automaton.jumps[state] ?? [])
        if (assertion === undefined || holds(assertion, before, behind)) seen.add(to);
    return [...seen];
  }

  #numberOf(states: readonly number[], side: number): number {
    const name = `${String(side)}:${states.join(',')}`;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#known.push({ states, side }) - 1;
    this.#ends.push(undefined);
    this.#numbers.set(name, number);
    const { size } = this.#alphabet;
    if ((number + 1) * size > this.#table.length) {
      const larger = new Int32Array(this.#table.length * 2).fill(UNKNOWN);
      larger.set(this.#table);
      this.#table = larger;
    }
    return number;
  }

  #forget(): void {
    this.#known = [];
    this.#ends = [];
    this.#numbers = new Map();
    this.#table = new Int32Array(FIRST_STATES * this.#alphabet.size).fill(UNKNOWN);
    this.#numberOf([this.#automaton.start], EDGE);
  }
}
