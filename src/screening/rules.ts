import type { PresetName } from './presets.ts';

/** What is replaced, and by what. Plain data, so that it can be sent to another process. */
export type RedactionRule = TagRule | PatternRule | PresetRule;

interface EveryRule {
  /** As it was written, without the replacement: what its replacements are counted by. */
  readonly name: string;
  readonly replacement: string;
}

/** The values of all members that are called so, wherever they are. */
export interface TagRule extends EveryRule {
  readonly kind: 'tag';
  /** The last names of a path, with dots between; `*` is any text. */
  readonly path: string;
}

/** What a pattern matches, in any text. */
export interface PatternRule extends EveryRule {
  readonly kind: 'pattern';
  readonly source: string;
  readonly ignoresCase: boolean;
}

export interface PresetRule extends EveryRule {
  readonly kind: 'preset';
  readonly preset: PresetName;
}

/** What stands in place of what is redacted, unless a rule says something else. */
export const USUAL_REPLACEMENT = '[redacted]';
