import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { configureWords } from '../index/words.ts';

/** `lms index`: what makes reading fast beside the tables themselves. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Make and remove what makes reading fast (docs/indexes.md). Every answer is the same without.',
    )
    .addHelpText('after', EXAMPLES);
  configureWords(command, context);
}

const EXAMPLES = `
Examples:
  lms index words           index the words of all entries, up to now`;
