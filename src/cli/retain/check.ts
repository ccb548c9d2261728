import type { Command } from 'commander';
import { printRule } from '../../retention/rules.ts';
import type { Context } from '../context.ts';
import { readRules } from './read-rules.ts';

/** `lms retain check`: reads rules, without a database. */
export function configureCheck(command: Command, context: Context): void {
  command
    .summary('check rules, without a database')
    .description(
      'Check rules: prints them as they are understood, one a line, and warns of those that decide nothing. Needs no database.',
    )
    .argument('<file>', 'a file with the rules, one a line; - is standard input')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string) => {
      const rules = await readRules(file, context);
      context.stdout.write(rules.map((rule) => `${printRule(rule)}\n`).join(''));
    });
}

const EXAMPLES = `
Examples:
  lms retain check retention.txt
  echo 'severity:debug=3d; *=1y' | lms retain check -`;
