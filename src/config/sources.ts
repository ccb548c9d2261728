import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { LmsError } from '../errors/catalogue.ts';
import { aboutSetting, SETTING_NAMES, type SettingName } from './schema.ts';

/** Where a setting's value came from; `derived`: nobody set it, we sized it from the others. */
export type Origin = 'flag' | 'environment' | '.env' | 'default' | 'derived';

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where settings are read from. */
export interface SettingSources {
  /** What stood on the command line. */
  readonly flags: Readonly<Partial<Record<SettingName, string>>>;
  readonly env: Environment;
  /** A file of `NAME=value` lines; it may be missing. Undefined: none is read. */
  readonly dotenvPath: string | undefined;
}

/** The text of a setting as somebody wrote it. */
export interface SettingText {
  readonly text: string;
  readonly origin: Origin;
}

/** The text of each setting that has one: flags > environment > `.env` > default. An empty variable counts as unset. */
export function gatherSources(sources: SettingSources): Map<SettingName, SettingText> {
  const dotenv = readDotenv(sources.dotenvPath);
  const texts = new Map<SettingName, SettingText>();
  for (const name of SETTING_NAMES) {
    const flag = sources.flags[name];
    const variable = sources.env[name];
    const line = dotenv[name];
    const standard = aboutSetting(name).default;
    if (flag !== undefined) texts.set(name, { text: flag, origin: 'flag' });
    else if (variable) texts.set(name, { text: variable, origin: 'environment' });
    else if (line) texts.set(name, { text: line, origin: '.env' });
    else if (standard !== undefined) texts.set(name, { text: standard, origin: 'default' });
  }
  return texts;
}

function readDotenv(path: string | undefined): Environment {
  if (path === undefined) return {};
  try {
    return parse(readFileSync(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    const reason = error instanceof Error ? error.message : String(error);
    throw new LmsError('SETTINGS', `${path} cannot be read: ${reason}`, { cause: error });
  }
}
