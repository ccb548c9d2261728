import { type Level, levelOfName } from '../../logs/levels.ts';

/** A severity, and the level as a tag if it says more. */
export interface LevelTag {
  readonly severity: Level['severity'];
  /** Undefined if the severity says it all. */
  readonly level: string | undefined;
}

const NO_LEVEL: LevelTag = { severity: 'info', level: undefined };

/** What a level of this name is; info without one. A name that is none of ours is kept, and counts as info. */
export function levelTag(name: string | undefined): LevelTag {
  if (name === undefined || name === '') return NO_LEVEL;
  const level = levelOfName(name);
  if (level === undefined) return { severity: 'info', level: name };
  return { severity: level.severity, level: level.isTold ? undefined : name };
}
