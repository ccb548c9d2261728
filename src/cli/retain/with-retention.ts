import type { Command } from 'commander';
import { createLog } from '../../app/logging.ts';
import { type OpenedRetention, openRetention } from '../../app/retention/open-retention.ts';
import { type StopRequest, stopSignal } from '../../app/signals.ts';
import type { Settings } from '../../config/settings.ts';
import type { Log } from '../../pipeline/ports.ts';
import type { Context } from '../context.ts';
import { settingsFrom } from '../setting-flags.ts';

/** What a command of retention works with. */
export interface Retaining {
  readonly opened: OpenedRetention;
  readonly settings: Settings;
  readonly log: Log;
  readonly context: Context;
  readonly stop: StopRequest;
}

/** Opens what the settings name, for as long as `use` takes. */
export async function withRetention(
  command: Command,
  context: Context,
  use: (retaining: Retaining) => Promise<void>,
): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const log = createLog({ level: settings.logLevel, command: 'retain', output: context.stderr });
  const opened = openRetention({ settings, log });
  const stop = stopSignal();
  try {
    await use({ opened, settings, log, context, stop });
  } finally {
    stop.dispose();
    await opened.close();
  }
}
