import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { quantity, tryOut } from '../sandbox/try-out.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

/** `lms mock`: everything embedded in this process. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Publish test messages, receive them, store them, and show the rows: with an embedded broker and an embedded ' +
        'database, all in this process. Nothing is left behind.',
    )
    .argument('[qty]', 'how many messages', quantity, 3)
    .addHelpText('after', EXAMPLES)
    .action(async (count: number) => {
      const { settings } = settingsFrom(command, context);
      await tryOut(settings, { command: 'mock', quantity: count }, context);
    });
  settingFlags(command, ['BATCHSIZE', 'LOG_LEVEL']);
}

const EXAMPLES = `
Examples:
  lms mock
  lms mock 25 --batch-size 10`;
