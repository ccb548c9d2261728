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

/** Which command wants a store. */
export interface StoreUser {
  readonly command: Command;
  readonly context: Context;
  /** Whether a SQLite file is made if it is missing; not if left out. */
  readonly create?: boolean;
}

/** What it gets. */
export interface OpenedStore {
  readonly store: Store;
  readonly settings: Settings;
  readonly log: Log;
}

/** Opens the database that the settings name, for as long as `use` takes. */
export async function withStore(
  { command, context, create = false }: StoreUser,
  use: (opened: OpenedStore) => Promise<void>,
): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const log = createLog({ level: settings.logLevel, command: command.name(), output: context.stderr });
  const store = await openStore(settings.database, { log, create });
  try {
    await use({ store, settings, log });
  } finally {
    await store.close();
  }
}
