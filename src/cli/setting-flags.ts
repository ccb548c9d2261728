import { type Command, Option } from 'commander';
import { aboutSetting, SETTING_NAMES, type SettingName } from '../config/schema.ts';
import { type LoadedSettings, loadSettings } from '../config/settings.ts';
import { visible } from '../text/visible.ts';
import type { Context } from './context.ts';

/**
 * Adds a flag for each of the settings to a command; description and default come from the schema. `usual`
 * has the defaults of this command, where they are others.
 */
export function settingFlags(
  command: Command,
  names: readonly SettingName[],
  usual: Readonly<Partial<Record<SettingName, string>>> = {},
): void {
  for (const name of names) {
    const { flag, summary, default: standard, derived } = aboutSetting(name);
    const value = usual[name] ?? standard ?? derived;
    const notes = value === undefined ? name : `${name}, default: ${value}`;
    command.addOption(new Option(flag, `${summary} (${notes})`).helpGroup('Settings:'));
  }
}

/**
 * The effective settings of an invoked command: its flags over environment, `.env` and defaults. Prints the
 * warnings. Throws as `loadSettings`.
 */
export function settingsFrom(command: Command, context: Context): LoadedSettings {
  const loaded = loadSettings({ flags: flagsOf(command), env: context.env, dotenvPath: context.dotenvPath });
  for (const warning of loaded.warnings) context.stderr.write(`lms: warning: ${visible(warning)}\n`);
  return loaded;
}

function flagsOf(command: Command): Partial<Record<SettingName, string>> {
  const flags: Partial<Record<SettingName, string>> = {};
  for (const name of SETTING_NAMES) {
    const option = command.options.find(({ flags: text }) => text === aboutSetting(name).flag);
    const value: unknown = option && command.getOptionValue(option.attributeName());
    if (typeof value === 'string') flags[name] = value;
  }
  return flags;
}
