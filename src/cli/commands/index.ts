import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { configureRollups } from '../index/rollups.ts';
import { configureTags } from '../index/tags.ts';
import { configureWords } from '../index/words.ts';

/** `lms index`: what makes reading fast beside the tables themselves. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Add, drop and list what makes reading fast (docs/indexes.md). Every answer is the same without.',
    )
    .addHelpText('after', EXAMPLES);
  configureTags(command, context);
  configureRollups(command, context);
  configureWords(command, context);
}

const EXAMPLES = `
Examples:
  lms index add user method code    access logs are found by these tags at once
  lms index list
  lms index drop method
  lms index rollups                 counts of years are added up from hours and days
  lms index words                   what is rare is found by its words`;
