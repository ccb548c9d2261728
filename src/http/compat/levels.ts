import { SEVERITIES, type Severity } from '../../logs/severity.ts';

/** Levels that older servers know, lowest first. */
const LEVELS = ['info', 'warning', 'error'] as const;

export type Level = (typeof LEVELS)[number];

const SEVERITY_OF: Readonly<Record<Level, Severity>> = { info: 'info', warning: 'warn', error: 'error' };
const LEVEL_OF: Readonly<Record<Severity, Level>> = {
  debug: 'info',
  info: 'info',
  warn: 'warning',
  error: 'error',
  fatal: 'error',
};

/** A level by its name, whatever its case; undefined if it is none. */
export function levelNamed(name: unknown): Level | undefined {
  return typeof name === 'string' ? LEVELS.find((level) => level === name.toLowerCase()) : undefined;
}

/** The same, or by its number: 0, 1 or 2. */
export function leastLevel(text: unknown): Level | undefined {
  return typeof text === 'string' && /^[012]$/.test(text) ? LEVELS[Number(text)] : levelNamed(text);
}

/** What a level is stored as. */
export function severityOf(level: Level): Severity {
  return SEVERITY_OF[level];
}

/** What a severity is called here: whoever wrote it, it is one of the three. */
export function levelOf(severity: Severity): Level {
  return LEVEL_OF[severity];
}

/** The severities that are of a level or above. */
export function severitiesFrom(level: Level): readonly Severity[] {
  return SEVERITIES.filter((severity) => LEVELS.indexOf(LEVEL_OF[severity]) >= LEVELS.indexOf(level));
}
