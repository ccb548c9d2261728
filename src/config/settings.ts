import { LmsError } from '../errors/catalogue.ts';
import { crossChecks, problemLine, type SettingProblem, textValues } from './cross-checks.ts';
import { heldBytes, heldMessages } from './held-limits.ts';
import {
  aboutSetting,
  byKey,
  type ParsedSettings,
  SCHEMA,
  SETTING_NAMES,
  type SettingName,
} from './schema.ts';
import { gatherSources, type SettingOrigin, type SettingSources, type SettingText } from './sources.ts';

/**
 * Every setting, parsed and sized: what commands compose from. Absent: `emulatorHost` for Google Cloud
 * itself, `durationMs` to work until stopped, `healthPort` for no health pages.
 */
export interface Settings extends ParsedSettings {
  readonly maxHeldMessages: number;
  readonly maxHeldBytes: number;
  readonly queriesAtOncePerToken: number;
}

/** Settings, and how they came about. */
export interface LoadedSettings {
  readonly settings: Settings;
  /** Has every setting. */
  readonly origins: ReadonlyMap<SettingName, SettingOrigin>;
  /** What was written for each, secrets included; absent for what is unset or sized by us. */
  readonly texts: ReadonlyMap<SettingName, SettingText>;
  /** What looks like a mistake and is none that could be harmful: a line each. */
  readonly warnings: readonly string[];
}

/** Reads all settings once. Throws one `LmsError` SETTINGS with a line for each problem. */
export function loadSettings(sources: SettingSources): LoadedSettings {
  const { texts, warnings } = gatherSources(sources);
  const parsed = SCHEMA.safeParse(textValues(texts));
  const problems = [...(parsed.error?.issues.map(toProblem) ?? []), ...crossChecks(texts)];
  if (parsed.data === undefined || problems.length > 0) {
    throw new LmsError('SETTINGS', problems.map((problem) => problemLine(problem, texts)).join('\n'));
  }
  return { settings: sized(byKey(parsed.data)), origins: originsOf(texts), texts, warnings };
}

function toProblem(issue: {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}): SettingProblem {
  const name = SETTING_NAMES.find((candidate) => candidate === issue.path[0]);
  if (name === undefined)
    throw new Error(`the schema found a problem outside of any setting: ${issue.message}`);
  return { name, reason: issue.message };
}

function sized(parsed: ParsedSettings): Settings {
  const { batchSize, batchBytes, flushesInFlight } = parsed;
  return {
    ...parsed,
    maxHeldMessages: parsed.maxHeldMessages ?? heldMessages(batchSize, flushesInFlight).usual,
    queriesAtOncePerToken: parsed.queriesAtOncePerToken ?? Math.ceil(parsed.queriesAtOnce / 2),
    maxHeldBytes: parsed.maxHeldBytes ?? heldBytes(batchBytes, flushesInFlight).usual,
  };
}

function originsOf(texts: ReadonlyMap<SettingName, SettingText>): Map<SettingName, SettingOrigin> {
  const unset = (name: SettingName): SettingOrigin =>
    aboutSetting(name).derived === undefined ? 'default' : 'derived';
  return new Map(SETTING_NAMES.map((name) => [name, texts.get(name)?.origin ?? unset(name)]));
}
