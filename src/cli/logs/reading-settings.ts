import type { Command } from 'commander';
import type { SettingName } from '../../config/schema.ts';
import type { Settings } from '../../config/settings.ts';
import type { Context } from '../context.ts';
import { settingsFrom } from '../setting-flags.ts';

/** Settings of the commands that read entries. */
export const READING_SETTINGS: readonly SettingName[] = [
  'DATABASE_URL',
  'READ_DATABASE_URL',
  'QUERY_TIME_BUDGET',
  'QUERY_ROW_BUDGET',
  'LOG_LEVEL',
];

/** The settings of such a command: a database that its flag names is read, whatever replica the environment has. */
export function readingSettings(command: Command, context: Context): Settings {
  const { settings, origins } = settingsFrom(command, context);
  const isNamed = origins.get('DATABASE_URL') === 'flag' && origins.get('READ_DATABASE_URL') !== 'flag';
  return isNamed ? { ...settings, readDatabase: undefined } : settings;
}
