import { type Command, InvalidArgumentError } from 'commander';
import { LmsError } from '../../errors/catalogue.ts';
import { requireSchema } from '../../store/schema.ts';
import type { Store, Verification } from '../../store/store.ts';
import { visibleJson } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { databaseFlags, withStore } from '../database.ts';
import { wholeNumber } from '../options.ts';
import { verificationTable } from '../output/verification.ts';
import { settingFlags } from '../setting-flags.ts';
import { verifyRun } from '../verify-run.ts';

interface VerifyOptions {
  readonly run?: string;
  readonly count?: number;
  readonly deadLetters?: boolean;
  readonly json?: boolean;
}

/**
 * `lms verify`: whether rows and counts agree, or whether all of a run is there. Exit status 1 (DISAGREE) and
 * the differences if they do not.
 */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Check that service_logs, service_severity and service_severity_minutes agree for every service and severity. ' +
        'All three are read in one snapshot, so workers may go on writing. Or, with --run, check that every message which a run ' +
        'of lms sim or lms pub published is stored, once. Exits 1 if something is wrong.',
    )
    .option('--run <run>', 'check the messages of this run, by their numbers', runName)
    .option('--count <n>', 'how many messages the run published', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--dead-letters', 'look for them in the dead-letter subscription too; nothing is removed there')
    .option('--json', 'print the numbers as a JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async ({ run, count, deadLetters = false, json = false }: VerifyOptions) => {
      if (run === undefined && (count !== undefined || deadLetters)) {
        command.error('--count and --dead-letters are for a run: name it with --run');
      }
      await withStore({ command, context }, async (opened) => {
        await requireSchema(opened.store);
        if (run === undefined) await verifyTables(opened.store, json, context);
        else await verifyRun({ run, count, deadLetters, json }, opened, context);
      });
    });
  databaseFlags(command);
  settingFlags(command, [
    'PUBSUB_EMULATOR_HOST',
    'PUBSUB_PROJECT_ID',
    'PUBSUB_API_ENDPOINT',
    'DEAD_LETTER_SUBSCRIPTION',
  ]);
}

async function verifyTables(store: Store, json: boolean, context: Context): Promise<void> {
  const result = await store.verify();
  context.stdout.write(json ? visibleJson(result) : report(result));
  if (!result.agree) throw new LmsError('DISAGREE', disagreement(result));
}

/**
 * As it stands before the number in an event id, which is printable ASCII and no longer than 64 characters.
 */
function runName(text: string): string {
  if (/^[\x21-\x7e]{1,62}$/.test(text)) return text;
  throw new InvalidArgumentError('It should be the name of a run, such as mi8p4k2x-07vq.');
}

const NOTHING_STORED = `Nothing is stored yet: the tables are empty, and agree.
A worker holds messages until a batch is full (BATCHSIZE) or FLUSHINTERVAL seconds have passed.
`;

const EXAMPLES = `
Examples:
  lms verify
  lms verify --database-url sqlite:lms.db
  lms verify --json | jq .total
  lms verify --run mi8p4k2x-07vq --count 1000 --dead-letters`;

function report(result: Verification): string {
  if (result.keys.length === 0 && result.agree) return NOTHING_STORED;
  return `${verificationTable(result)}${result.agree ? '\nThe tables agree.\n' : ''}`;
}

function disagreement({ keys, differences, minuteDifferences, rollups }: Verification): string {
  if (differences.length === 0 && minuteDifferences.length === 0)
    return `${String(rollups.wrong)} sums of lms_rollups differ from the counts by minute`;
  if (differences.length === 0) {
    return `the counts by minute differ from the rows, in ${String(minuteDifferences.length)} or more places`;
  }
  return `the tables differ for ${String(differences.length)} of ${String(keys.length)} pairs of service and severity`;
}
