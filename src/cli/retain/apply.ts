import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import { printRules, type Rule } from '../../retention/rules.ts';
import type { Context } from '../context.ts';
import { databaseFlags } from '../database.ts';
import { grantsToApply, withGrants } from '../delete/grants.ts';
import { appliedText, changesText, previewText } from '../output/retention.ts';
import { preview } from './dry-run.ts';
import { readRules } from './read-rules.ts';
import { type Retaining, withRetention } from './with-retention.ts';

/** `lms retain apply`: puts rules in force. */
export function configureApply(command: Command, context: Context): void {
  command
    .summary('put rules in force')
    .description(
      'Put rules in force, instead of those before: within seconds no process deletes by the old ones. Shows what changes, and what ' +
        'the next run would delete. Deletes nothing itself; `lms serve` begins a run within a minute.',
    )
    .argument('<file>', 'a file with the rules, one a line; - is standard input')
    .option('--dry-run', 'only show it, and leave in force what is')
    .option(
      '--no-count',
      'do not count what would be deleted: that may take long where it needs a look at rows',
    )
    .addHelpText('after', EXAMPLES)
    .action((file: string, { dryRun = false, count }: ApplyOptions) =>
      withRetention(command, context, async (retaining) => {
        const rules = await readRules(file, context, retaining.stop.signal);
        await show(rules, count, retaining);
        if (!dryRun) await apply(rules, retaining);
      }),
    );
  databaseFlags(command);
}

interface ApplyOptions {
  readonly dryRun?: boolean;
  readonly count: boolean;
}

const EXAMPLES = `
Examples:
  lms retain apply retention.txt --dry-run
  lms retain apply retention.txt
  echo '*=forever' | lms retain apply -     from now on nothing is deleted`;

async function show(rules: readonly Rule[], counts: boolean, retaining: Retaining): Promise<void> {
  const { opened, context } = retaining;
  const state = await opened.book.state();
  context.stdout.write(changesText(state.ruleSet, rules));
  if (counts) context.stdout.write(previewText(await preview(rules, state, retaining), state));
}

async function apply(
  rules: readonly Rule[],
  { opened: { book }, context, log, settings }: Retaining,
): Promise<void> {
  const before = (await book.state()).ruleSet;
  const by = `${userName()} on ${hostname()}`;
  const set = await book.apply(printRules(rules), { by }).catch((error: unknown) => {
    throw withGrants(error, settings.database, grantsToApply);
  });
  const isNew = set.version !== before?.version;
  if (isNew) log.info({ version: set.version, rules: set.rules }, 'rules of retention are in force');
  context.stdout.write(appliedText(set, isNew));
}

/** A user without an entry among the system's has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
}
