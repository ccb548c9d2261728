import { Alphabet } from './alphabet.ts';
import { automatonOf, reversed, setsOf } from './automaton.ts';
import { LazyAutomaton, MATCHED } from './lazy-automaton.ts';
import type { Pattern } from './pattern.ts';

/** A stretch of a text: UTF-16 offsets, `end` behind its last unit. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * New sets of states that one text may lead to. Usual patterns have some hundred in all; one that has millions
 * would be tried for hours with a text that was made for it.
 */
const MAX_MISSES = 20_000;

/** More than there are ever numbers of sets. */
const SETS = 100_000;

/** A text that leads to too many new sets of states: what matches in it is not known. */
export const TOO_COSTLY = 'too costly';

/** The classes of units of several patterns together. */
export function alphabetOf(patterns: readonly Pattern[]): Alphabet {
  return new Alphabet(patterns.flatMap(setsOf));
}

/** Finds out whether any of some patterns matches anywhere in a text, in one pass. */
export class Detector {
  readonly #alphabet: Alphabet;
  readonly #forwards: LazyAutomaton;

  constructor(patterns: readonly Pattern[], alphabet: Alphabet) {
    this.#alphabet = alphabet;
    const reading = { isBackwards: false, stops: true };
    this.#forwards = new LazyAutomaton(automatonOf(patterns, alphabet), alphabet, reading);
  }

  matches(text: string): boolean | typeof TOO_COSTLY {
    const { classOf } = this.#alphabet;
    const forwards = this.#forwards;
    const allowed = forwards.misses + MAX_MISSES;
    let [at, set] = forwards.run(text, 0, forwards.begin());
    while (set !== MATCHED && at < text.length) {
      set = forwards.step(set, classOf[text.charCodeAt(at)] ?? 0);
      if (forwards.misses > allowed) return TOO_COSTLY;
      if (set !== MATCHED) [at, set] = forwards.run(text, at + 1, set);
    }
    if (set === MATCHED) return true;
    return forwards.endsMatched(set);
  }
}

/** Finds all that a pattern matches. */
export class Finder {
  readonly #alphabet: Alphabet;
  readonly #steps: ReturnType<typeof automatonOf>['steps'];
  readonly #forwards: LazyAutomaton;
  readonly #backwards: LazyAutomaton;

  constructor(pattern: Pattern, alphabet: Alphabet) {
    this.#alphabet = alphabet;
    const automaton = automatonOf([pattern], alphabet);
    this.#steps = automaton.steps;
    this.#forwards = new LazyAutomaton(automaton, alphabet, { isBackwards: false, stops: false });
    this.#backwards = new LazyAutomaton(reversed(automaton), alphabet, { isBackwards: true, stops: false });
  }

  /**
   * Every unit that is part of any match, however matches overlap, as stretches in order that do not touch. A
   * unit is part of one if a way from a start before it leads over it to an end behind it: one pass backwards
   * finds from where there are ways to an end, one forwards to where there are ways from a start.
   */
  spans(text: string): readonly Span[] | typeof TOO_COSTLY {
    const ends = this.#wayToEnd(text);
    if (ends === TOO_COSTLY) return TOO_COSTLY;
    const forwards = this.#forwards;
    const { classOf } = this.#alphabet;
    const allowed = forwards.misses + MAX_MISSES;
    const known = new Map<number, boolean>();
    const spans: { start: number; end: number }[] = [];
    let set = forwards.begin();
    for (let at = 0; at < text.length; at += 1) {
      const unitClass = classOf[text.charCodeAt(at)] ?? 0;
      const place = { set, unitClass, behind: ends[at + 1] ?? 0 };
      const key = (set * this.#alphabet.size + unitClass) * SETS + place.behind;
      const isPart = known.get(key) ?? this.#isPart(place);
      known.set(key, isPart);
      if (isPart) {
        const last = spans.at(-1);
        if (last?.end === at) last.end = at + 1;
        else spans.push({ start: at, end: at + 1 });
      }
      set = forwards.step(set, unitClass);
      if (forwards.misses > allowed) return TOO_COSTLY;
    }
    return spans;
  }

  /** The number of the set of states, read backwards, at each place of a text. */
  #wayToEnd(text: string): Int32Array | typeof TOO_COSTLY {
    const backwards = this.#backwards;
    const { classOf } = this.#alphabet;
    const allowed = backwards.misses + MAX_MISSES;
    const sets = new Int32Array(text.length + 1);
    let set = backwards.begin();
    sets[text.length] = set;
    for (let at = text.length - 1; at >= 0; at -= 1) {
      set = backwards.step(set, classOf[text.charCodeAt(at)] ?? 0);
      if (backwards.misses > allowed) return TOO_COSTLY;
      sets[at] = set;
    }
    return sets;
  }

  #isPart({
    set,
    unitClass,
    behind,
  }: {
    readonly set: number;
    readonly unitClass: number;
    readonly behind: number;
  }): boolean {
    const endable = new Set(this.#backwards.before(behind, unitClass));
    return this.#forwards
      .before(set, unitClass)
      .some((state) =>
        (this.#steps[state] ?? []).some(({ to, classes }) => classes[unitClass] === 1 && endable.has(to)),
      );
  }
}
