import { type CompiledRule, type CompiledRules, compileRules } from './compile.ts';
import { type JsonRewriting, rewriteJson } from './json-rewriter.ts';
import { replaceNamedValues } from './named-values.ts';
import { type Span, TOO_COSTLY } from './patterns/matcher.ts';
import { type Replacement, replaceSpans } from './replacement.ts';
import { type RedactionRule, USUAL_REPLACEMENT } from './rules.ts';

/** JSON in texts of JSON is looked into so deep. */
const MAX_NESTING = 3;
/** What is put in may, with what is around it, match again. */
const MAX_ROUNDS = 4;
/** What is put in may be longer than what was there: no text grows by more. */
const MAX_GROWTH = 100_000;
/** A database takes names of 65,535 bytes at most. */
const MAX_NAME = 20_000;

/**
 * Replaces what rules name. A text or a JSON text of which nothing is named is the same afterwards, and so is
 * one that was redacted already. `replaced` is told each time that something was replaced.
 */
export class Redactor {
  readonly #rules: CompiledRules;
  readonly #replacements: readonly Replacement[];
  /** In place of a text of which it cannot be told what of it is named. */
  readonly #whole: string;

  /** `replaced` is told the place of a rule among `rules`. */
  constructor(rules: readonly RedactionRule[], replaced: (rule: number) => void) {
    this.#rules = compileRules(rules);
    let isReady = false;
    const tell = (rule: number) => {
      if (isReady) replaced(rule);
    };
    this.#replacements = rules.map(({ replacement: text }, rule) => ({ text, used: () => tell(rule) }));
    // Some other rule may name a part of it.
    this.#whole = '';
    this.#whole = this.text(USUAL_REPLACEMENT);
    isReady = true;
  }

  /** A text, as it may be stored and shown. */
  text(text: string): string {
    return this.#settled(text, 0);
  }

  /**
   * The JSON text of an object, as it may be stored and shown: JSON, and what is not replaced as it was spelled.
   * Null if it cannot be told what of it is named.
   */
  json(json: string): string | null {
    let current = json;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      if (this.#isClean(current)) return current;
      let renamed = 0;
      const next = rewriteJson(current, {
        ...this.#rewriting(1),
        name: (name) => {
          const changed = this.#name(name);
          if (changed !== name) renamed += 1;
          return changed;
        },
        text: (text) => this.#settled(text, 1),
      });
      if (next === undefined || next.length > json.length + MAX_GROWTH) return null;
      // What was put in is named by no rule; another name may be.
      if (renamed === 0) return next;
      current = next;
    }
    return null;
  }

  /** Whether nothing of a text is named, wherever in JSON it may stand. One pass, and for most texts all. */
  #isClean(text: string): boolean {
    if (this.#rules.detector.matches(text) !== false) return false;
    return !looksLikeJson(text) || !(this.#rules.haveEdges || text.includes('\\'));
  }

  /** A text of which nothing is named any more. `nesting`: in how many texts of JSON it is. */
  #settled(text: string, nesting: number): string {
    let current = text;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const next = this.#once(current, nesting);
      if (next === current) return next;
      current = next;
    }
    return this.#whole;
  }

  #once(text: string, nesting: number): string {
    if (this.#isClean(text)) return text;
    const values = this.#inJson(text, nesting) ?? this.#named(text);
    const patterns = this.#patterns(values);
    return patterns.length > text.length + MAX_GROWTH ? this.#whole : patterns;
  }

  #inJson(text: string, nesting: number): string | undefined {
    if (nesting === MAX_NESTING || !looksLikeJson(text)) return undefined;
    return rewriteJson(text, this.#rewriting(nesting + 1));
  }

  #rewriting(nesting: number): JsonRewriting {
    const { names } = this.#rules;
    return {
      name: (name) => this.#name(name),
      member: (around, name) => this.#ofRule(names.find(around, name)),
      inside: (around, name) => names.inside(around, name),
      text: (text) => this.#once(text, nesting),
    };
  }

  #name(name: string): string {
    const changed = this.#once(name, MAX_NESTING);
    return changed !== name && changed.length > MAX_NAME ? this.#whole : changed;
  }

  /** What stands in place of the values that a rule names. */
  #ofRule(rule: number | undefined): Replacement | undefined {
    return rule === undefined ? undefined : this.#replacements[rule];
  }

  #named(text: string): string {
    const { names } = this.#rules;
    return names.isEmpty ? text : replaceNamedValues(text, (name) => this.#ofRule(names.find('', name)));
  }

  #patterns(text: string): string {
    let current = text;
    for (const { number, detector, finder, parts } of this.#rules.patterns) {
      if (detector.matches(current) === false) continue;
      const spans = finder.spans(current);
      const replacement = this.#ofRule(number);
      if (replacement === undefined) continue;
      if (spans === TOO_COSTLY) {
        replacement.used();
        return this.#whole;
      }
      current = replaceSpans(current, partsOf(current, spans, parts), replacement);
    }
    return current;
  }
}

function looksLikeJson(text: string): boolean {
  const first = text.charAt(0);
  return first === '{' || first === '[' || /^\s+[[{]/.test(text);
}

/** The parts that are meant of what a pattern matches. */
function partsOf(text: string, spans: readonly Span[], parts: CompiledRule['parts']): readonly Span[] {
  if (parts === undefined) return spans;
  return spans.flatMap(({ start, end }) =>
    parts(text.slice(start, end)).map((part) => ({ start: start + part.start, end: start + part.end })),
  );
}
