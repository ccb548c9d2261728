import { type Alphabet, EDGE, WORD_UNIT } from './alphabet.ts';
import type { CharSet } from './char-set.ts';
import type { Assertion, Pattern } from './pattern.ts';

/** From a state to another, over a unit of these classes. */
interface Step {
  readonly to: number;
  readonly classes: Uint8Array;
}

/** From a state to another without a unit, where the assertion holds, if there is one. */
interface Jump {
  readonly to: number;
  readonly assertion: Assertion | undefined;
}

/** What patterns are made into: a text is matched by a way from `start` to `end`. */
export interface Automaton {
  readonly start: number;
  readonly end: number;
  readonly steps: readonly (readonly Step[])[];
  readonly jumps: readonly (readonly Jump[])[];
}

/** The automaton of what any of some patterns matches. */
export function automatonOf(patterns: readonly Pattern[], alphabet: Alphabet): Automaton {
  const builder = new Builder(alphabet);
  const start = builder.state();
  const end = builder.state();
  for (const pattern of patterns) builder.add(pattern, start, end);
  return { start, end, steps: builder.steps, jumps: builder.jumps };
}

/** The same read from the end of a text to its beginning. */
export function reversed({ start, end, steps, jumps }: Automaton): Automaton {
  const back = { steps: steps.map((): Step[] => []), jumps: jumps.map((): Jump[] => []) };
  for (const [from, list] of steps.entries())
    for (const { to, classes } of list) back.steps[to]?.push({ to: from, classes });
  for (const [from, list] of jumps.entries())
    for (const { to, assertion } of list) back.jumps[to]?.push({ to: from, assertion });
  return { start: end, end: start, ...back };
}

/** All sets of units that patterns have. */
export function setsOf(pattern: Pattern): readonly CharSet[] {
  switch (pattern.kind) {
    case 'unit':
      return [pattern.set];
    case 'sequence':
    case 'choice':
      return pattern.of.flatMap(setsOf);
    case 'repeat':
      return setsOf(pattern.of);
    case 'assertion':
      return [];
  }
}

/** Whether an assertion holds between what stands before a place and behind it. */
export function holds(assertion: Assertion, before: number, behind: number): boolean {
  switch (assertion) {
    case 'start':
      return before === EDGE;
    case 'end':
      return behind === EDGE;
    case 'word edge':
      return (before === WORD_UNIT) !== (behind === WORD_UNIT);
    case 'no word edge':
      return (before === WORD_UNIT) === (behind === WORD_UNIT);
  }
}

class Builder {
  readonly steps: Step[][] = [];
  readonly jumps: Jump[][] = [];
  readonly #alphabet: Alphabet;

  constructor(alphabet: Alphabet) {
    this.#alphabet = alphabet;
  }

  state(): number {
    this.jumps.push([]);
    return this.steps.push([]) - 1;
  }

  /** Adds all ways that a pattern has from a state to another. */
  add(pattern: Pattern, from: number, to: number): void {
    switch (pattern.kind) {
      case 'unit':
        this.steps[from]?.push({ to, classes: this.#alphabet.classesOf(pattern.set) });
        return;
      case 'assertion':
        this.#jump(from, to, pattern.assertion);
        return;
      case 'choice':
        for (const branch of pattern.of) this.add(branch, from, to);
        return;
      case 'sequence':
        this.#jump(
          pattern.of.reduce((at, part) => this.#behind(part, at), from),
          to,
        );
        return;
      case 'repeat':
        this.#repeat(pattern, from, to);
        return;
    }
  }

  #repeat({ of, min, max }: Extract<Pattern, { kind: 'repeat' }>, from: number, to: number): void {
    let at = from;
    for (let times = 0; times < min; times += 1) at = this.#behind(of, at);
    if (max === Infinity) {
      const again = this.state();
      this.#jump(at, again);
      this.add(of, again, again);
      at = again;
    } else {
      for (let times = min; times < max; times += 1) {
        this.#jump(at, to);
        at = this.#behind(of, at);
      }
    }
    this.#jump(at, to);
  }

  #behind(pattern: Pattern, from: number): number {
    const to = this.state();
    this.add(pattern, from, to);
    return to;
  }

  #jump(from: number, to: number, assertion?: Assertion): void {
    this.jumps[from]?.push({ to, assertion });
  }
}
