import type { Command } from 'commander';
import { LmsError } from '../../errors/catalogue.ts';
import { visible } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { databaseFlags } from '../database.ts';
import { withRetention } from './with-retention.ts';

/** `lms retain release`: ends a hold before its time. */
export function configureRelease(command: Command, context: Context): void {
  command
    .summary('end a hold before its time is over')
    .description(
      'End a hold before its time is over: what it holds is deleted again as the rules say. `lms retain rules` shows the holds ' +
        'that there are.',
    )
    .argument('<id>', 'of the hold')
    .addHelpText('after', EXAMPLES)
    .action((id: string) =>
      withRetention(command, context, async ({ opened: { book }, log }) => {
        if (!(await book.release(id)))
          throw new LmsError(
            'QUESTION',
            `there is no hold ${visible(id)}: \`lms retain rules\` shows those there are`,
          );
        log.info({ hold: id }, 'a hold was ended');
        context.stdout.write(`The hold ${visible(id)} is over.\n`);
      }),
    );
  databaseFlags(command);
}

const EXAMPLES = `
Examples:
  lms retain release restore-cd7d633f70844bb534761fd83f3dd3ff
  lms retain rules --json | jq -r .holds[].id`;
