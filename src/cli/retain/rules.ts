import type { Command } from 'commander';
import { visibleJson } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { databaseFlags } from '../database.ts';
import { historyText, inForceJson, inForceText, setJson } from '../output/rules.ts';
import { withRetention } from './with-retention.ts';

interface RulesOptions {
  readonly history?: true;
  readonly json?: true;
}

/** `lms retain rules`: shows what is in force, and what was. */
export function configureRules(command: Command, context: Context): void {
  command
    .summary('show the rules in force, what each has done, and what is held')
    .description(
      'Show the rules in force, how many entries each has deleted, up to when it has done its work, and times of which nothing ' +
        'is deleted for now.',
    )
    .option('--history', 'show all rules that were in force, newest first')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(({ history, json }: RulesOptions) =>
      withRetention(command, context, async ({ opened: { book } }) => {
        if (history) {
          const sets = await book.history();
          context.stdout.write(json ? visibleJson(sets.map(setJson)) : historyText(sets));
          return;
        }
        const state = await book.state();
        context.stdout.write(json ? visibleJson(inForceJson(state)) : inForceText(state));
      }),
    );
  databaseFlags(command);
}

const EXAMPLES = `
Examples:
  lms retain rules
  lms retain rules --history
  lms retain rules --json | jq -r .rules[].rule`;
