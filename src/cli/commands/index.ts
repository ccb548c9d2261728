import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { configureRollups } from '../index/rollups.ts';
import { configureWords } from '../index/words.ts';

/** `lms index`: what makes reading fast beside the tables themselves. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Add, drop and list what makes reading fast (docs/indexes.md). Every answer is the same without.',
    )
    .addHelpText('after', EXAMPLES);
  configureRollups(command, context);
  configureWords(command, context);
}

const EXAMPLES = `
Examples:
  lms index rollups                 counts of years are added up from hours and days
  lms index words                   what is rare is found without looking at every entry`;
