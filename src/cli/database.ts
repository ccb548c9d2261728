import type { Command } from 'commander';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './command.ts';
import { createLog } from './logging.ts';
import { settingFlags, settingsFrom } from './setting-flags.ts';

/** Flags of the commands that need the database and nothing else. */
export function databaseFlags(command: Command): void {
  settingFlags(command, ['DATABASE_URL', 'LOG_LEVEL']);
}

/** Opens the database that the settings name, for as long as `use` takes. */
export async function withStore(
  command: Command,
  context: Context,
  use: (store: Store) => Promise<void>,
): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const log = createLog({ level: settings.logLevel, command: command.name(), output: context.stderr });
  const store = await openStore(settings.database, { log });
  try {
    await use(store);
  } finally {
    await store.close();
  }
}
