import type { Command } from 'commander';
import { LmsError } from '../errors/catalogue.ts';
import { requireSchema } from '../store/schema.ts';
import type { Verification } from '../store/store.ts';
import type { Context } from './command.ts';
import { databaseFlags, withStore } from './database.ts';
import { verificationTable } from './verification-table.ts';

/** `lms verify`: whether rows and counts agree. Exit status 1 (DISAGREE) and the differences if they do not. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Check that service_logs, service_severity and service_severity_minutes agree for every service and severity. ' +
        'All three are read in one snapshot, so workers may go on writing. Exits 1 if they differ.',
    )
    .option('--json', 'print the numbers as a JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (options: { json?: true }) => {
      await withStore(command, context, async (store) => {
        await requireSchema(store);
        const result = await store.verify();
        context.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : report(result));
        if (!result.agree) throw new LmsError('DISAGREE', disagreement(result));
      });
    });
  databaseFlags(command);
}

const EXAMPLES = `
Examples:
  lms verify
  lms verify --database-url sqlite:lms.db
  lms verify --json | jq .total`;

function report(result: Verification): string {
  return `${verificationTable(result)}${result.agree ? '\nThe tables agree.\n' : ''}`;
}

function disagreement({ keys, differences, minuteDifferences }: Verification): string {
  if (differences.length === 0) {
    return `the counts by minute differ from the rows, in ${String(minuteDifferences.length)} or more places`;
  }
  return `the tables differ for ${String(differences.length)} of ${String(keys.length)} pairs of service and severity`;
}
