import type { Command } from 'commander';
import { createLog } from '../app/logging.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../pipeline/ports.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './context.ts';
import { settingFlags, settingsFrom } from './setting-flags.ts';

/** Flags of the commands that need the database and nothing else. */
export function databaseFlags(command: Command): void {
  settingFlags(command, ['DATABASE_URL', 'LOG_LEVEL']);
}

/** What a command has beside the store. */
export interface Around {
  readonly settings: Settings;
  readonly log: Log;
}

/**
 * Opens the database that the settings name, for as long as `use` takes. A SQLite file is made only with
 * `create`.
 */
export async function withStore(
  command: Command,
  context: Context,
  use: (store: Store, around: Around) => Promise<void>,
  create = false,
): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const log = createLog({ level: settings.logLevel, command: command.name(), output: context.stderr });
  const store = await openStore(settings.database, { log, create });
  try {
    await use(store, { settings, log });
  } finally {
    await store.close();
  }
}
