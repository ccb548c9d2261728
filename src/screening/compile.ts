import { isMistake } from '../query/mistake.ts';
import { alphabetOf, Detector, Finder, type Span } from './patterns/matcher.ts';
import { hasEdge, type Pattern } from './patterns/pattern.ts';
import { readPattern } from './patterns/read-pattern.ts';
import { presetOf } from './presets.ts';
import type { PatternRule, PresetRule, RedactionRule } from './rules.ts';
import { certainPattern, TagNames } from './tag-names.ts';

/** A rule of a pattern, ready for use. */
export interface CompiledRule {
  /** Its place among all rules. */
  readonly number: number;
  readonly detector: Detector;
  readonly finder: Finder;
  /** Which parts of a stretch that it matches are meant; absent: all of it. */
  readonly parts: ((text: string) => readonly Span[]) | undefined;
}

/** Rules, ready for use. */
export interface CompiledRules {
  readonly patterns: readonly CompiledRule[];
  readonly names: TagNames;
  /** Matches all that any rule names, and little else. */
  readonly detector: Detector;
  /** Some pattern says where a text begins or ends: inside of JSON it may match more. */
  readonly haveEdges: boolean;
}

/** Makes rules ready, which are known to be right. */
export function compileRules(rules: readonly RedactionRule[]): CompiledRules {
  const numbered = rules.map((rule, number) => ({ rule, number }));
  const tags = numbered.flatMap(({ rule, number }) =>
    rule.kind === 'tag' ? [{ path: rule.path, number }] : [],
  );
  const patterns = numbered.flatMap(({ rule, number }) =>
    rule.kind === 'tag' ? [] : [{ number, pattern: patternOf(rule), parts: partsOf(rule) }],
  );
  const all = [...patterns.map(({ pattern }) => pattern), ...tags.map(({ path }) => certainPattern(path))];
  const alphabet = alphabetOf(all);
  return {
    names: new TagNames(tags),
    detector: new Detector(all, alphabet),
    haveEdges: all.some(hasEdge),
    patterns: patterns.map(({ number, pattern, parts }) => ({
      number,
      parts,
      detector: new Detector([pattern], alphabet),
      finder: new Finder(pattern, alphabet),
    })),
  };
}

function patternOf(rule: PatternRule | PresetRule): Pattern {
  const { source, ignoresCase } = rule.kind === 'preset' ? presetOf(rule.preset) : rule;
  const pattern = readPattern(source, ignoresCase);
  if (isMistake(pattern)) throw new TypeError(`a rule has a pattern that is none: ${pattern.message}`);
  return pattern;
}

function partsOf(rule: PatternRule | PresetRule): CompiledRule['parts'] {
  return rule.kind === 'preset' ? presetOf(rule.preset).parts : undefined;
}
