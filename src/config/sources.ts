import { readDotenv } from './dotenv.ts';
import { meantSetting } from './misspellings.ts';
import { aboutSetting, SETTING_NAMES, type SettingName } from './schema.ts';

/** Where a setting's value came from; `derived`: nobody set it, we sized it from the others. */
export type SettingOrigin = 'flag' | 'environment' | '.env' | 'default' | 'derived';

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
  readonly origin: SettingOrigin;
}

/** Everything that was found. */
interface Gathered {
  /** The text of each setting that has one. */
  readonly texts: ReadonlyMap<SettingName, SettingText>;
  /** One line for each name that is no setting and looks like one. */
  readonly warnings: readonly string[];
}

/**
 * Looks in all places: flags > environment > `.env` > default. An empty variable counts as unset,
 * unless it says something. Throws
 * SETTINGS as `readDotenv`.
 */
export function gatherSources({ flags, env, dotenvPath }: SettingSources): Gathered {
  const dotenv = dotenvPath === undefined ? {} : readDotenv(dotenvPath);
  const texts = new Map<SettingName, SettingText>();
  for (const name of SETTING_NAMES) {
    const flag = flags[name];
    const variable = env[name];
    const line = dotenv[name];
    const { default: standard, mayBeEmpty = false } = aboutSetting(name);
    const isSet = (text: string | undefined): text is string =>
      text !== undefined && (text !== '' || mayBeEmpty);
    if (flag !== undefined) texts.set(name, { text: flag, origin: 'flag' });
    else if (isSet(variable)) texts.set(name, { text: variable, origin: 'environment' });
    else if (isSet(line)) texts.set(name, { text: line, origin: '.env' });
    else if (standard !== undefined) texts.set(name, { text: standard, origin: 'default' });
  }
  const warnings = [...misspelled(env, 'the environment'), ...misspelled(dotenv, '.env')];
  return { texts, warnings };
}

function misspelled(variables: Environment, where: string): string[] {
  return Object.keys(variables).flatMap((name) => {
    const meant = meantSetting(name);
    return meant === undefined
      ? []
      : [`${name} (from ${where}) is no setting and is not used: write ${meant}`];
  });
}
