import type { Command } from 'commander';
import { LmsError } from '../../errors/catalogue.ts';
import type { Context } from '../context.ts';
import { quantity, tryOut } from '../sandbox/try-out.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

/** `lms emu`: as `lms mock`, against the emulator. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Publish test messages to the emulator at PUBSUB_EMULATOR_HOST, receive them, store them in an embedded database, ' +
        'and show the rows. Topic and subscription are its own, and are deleted at the end.',
    )
    .argument('[qty]', 'how many messages', quantity, 3)
    .addHelpText('after', EXAMPLES)
    .action(async (count: number) => {
      const { settings } = settingsFrom(command, context);
      if (settings.emulatorHost === undefined) {
        throw new LmsError(
          'SETTINGS',
          'PUBSUB_EMULATOR_HOST is not set: name the emulator, like 127.0.0.1:8681',
        );
      }
      await tryOut(settings, { command: 'emu', quantity: count }, context);
    });
  settingFlags(command, ['PUBSUB_EMULATOR_HOST', 'PUBSUB_PROJECT_ID', 'BATCHSIZE', 'LOG_LEVEL']);
}

const EXAMPLES = `
Examples:
  PUBSUB_EMULATOR_HOST=127.0.0.1:8681 lms emu
  lms emu 25 --emulator-host 127.0.0.1:8681`;
