import { matchesPieces } from '../query/texts.ts';
import { withBothCases } from './patterns/char-set.ts';
import type { Pattern } from './patterns/pattern.ts';

const CAPITALS = /[A-Z]/;

interface NamedRule {
  readonly pieces: readonly string[];
  /** How many names with dots between it is compared with. */
  readonly names: number;
  /** The number of the rule. */
  readonly number: number;
}

/** Finds out which rule means a member, by its name and the names around it. Case of A to Z does not count. */
export class TagNames {
  readonly #rules: readonly NamedRule[];
  /** Names that are looked at beside a member's own. */
  readonly #around: number;

  /** Paths as rules have them, each with the number of its rule. */
  constructor(rules: readonly { readonly path: string; readonly number: number }[]) {
    this.#rules = rules.map(({ path, number }) => ({
      pieces: foldName(path).split('*'),
      names: path.split('.').length,
      number,
    }));
    this.#around = Math.max(0, ...this.#rules.map(({ names }) => names - 1));
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /**
   * The number of the first rule that means a member, or something that the beginning of its name stands for:
   * dots in a name are as those between names. `around`: what `inside` made of the names around it.
   */
  find(around: string, name: string): number | undefined {
    const path = `${around}${foldName(name)}`;
    for (let end = path.indexOf('.', around.length); ; end = path.indexOf('.', end + 1)) {
      const beginning = end === -1 ? path : path.slice(0, end);
      for (const { pieces, names, number } of this.#rules) {
        const last = lastNames(beginning, names);
        if (last !== undefined && isMatch(last, pieces)) return number;
      }
      if (end === -1) return undefined;
    }
  }

  /** What is to be known of the names around what is inside of a member: '' outside of all. */
  inside(around: string, name: string): string {
    if (this.#around === 0) return '';
    const path = `${around}${foldName(name)}`;
    return `${lastNames(path, this.#around) ?? path}.`;
  }
}

function isMatch(text: string, pieces: readonly string[]): boolean {
  return pieces.length === 1 ? text === pieces[0] : matchesPieces(text, pieces);
}

/** A text without the difference of a to z and A to Z. */
function foldName(name: string): string {
  return CAPITALS.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}

/** The end of a path that has so many names; undefined if there are fewer. */
function lastNames(path: string, names: number): string | undefined {
  let at = path.length;
  for (let left = names; left > 0; left -= 1) {
    if (at < 0) return undefined;
    at = at === 0 ? -1 : path.lastIndexOf('.', at - 1);
  }
  return path.slice(at + 1);
}

/** The longest text that every name has which a path means: '' if there is none. */
export function certainText(path: string): string {
  return path.split(/[.*]/).reduce((longest, each) => (each.length > longest.length ? each : longest), '');
}

/** A pattern that matches where that text is, in any case. */
export function certainPattern(path: string): Pattern {
  const text = certainText(path);
  const of = Array.from({ length: text.length }, (_none, at): Pattern => {
    const unit = text.charCodeAt(at);
    return { kind: 'unit', set: withBothCases([[unit, unit]]) };
  });
  return { kind: 'sequence', of };
}
