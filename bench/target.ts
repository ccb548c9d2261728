import type { Settings } from '../src/config/settings.ts';
import { loadSettings } from '../src/config/settings.ts';
import type { Log } from '../src/pipeline/ports.ts';

/** For what is measured in a process of the benchmark: its lines are nobody's. */
export const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** The settings that a database of the benchmark has beside the usual ones. */
export function settingsOf(databaseUrl: string): Settings {
  return loadSettings({ flags: {}, env: { DATABASE_URL: databaseUrl }, dotenvPath: undefined }).settings;
}
