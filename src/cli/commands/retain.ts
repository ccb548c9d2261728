import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { databaseFlags } from '../database.ts';
import { configureApply } from '../retain/apply.ts';
import { configureCheck } from '../retain/check.ts';
import { dryRun } from '../retain/dry-run.ts';
import { configureRelease } from '../retain/release.ts';
import { configureRules } from '../retain/rules.ts';
import { runRules } from '../retain/run-rules.ts';
import { settingFlags } from '../setting-flags.ts';

interface RetainOptions {
  readonly dryRun?: true;
  readonly follow?: true;
  readonly trustClock?: true;
  readonly json?: true;
}

/** `lms retain`: deletes what the rules of retention keep no longer; says, checks and changes these. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Delete what the rules of retention in the database keep no longer (docs/retention.md), once, and say how much by which rule. ' +
        '`lms serve` does it by itself where JOBS names retention: of all processes one at a time. Without rules nothing is deleted.',
    )
    .option('--dry-run', 'say rule by rule what would be deleted, and delete nothing')
    .option('--follow', 'go on for ever, a run each RETENTION_INTERVAL')
    .option('--trust-clock', "believe the database's clock, though it seems wrong")
    .option('--json', 'print a JSON object for each run')
    .addHelpText('after', EXAMPLES)
    .enablePositionalOptions();
  databaseFlags(command);
  settingFlags(command, [
    'READ_DATABASE_URL',
    'RETENTION',
    'RETENTION_INTERVAL',
    'RETENTION_CPU_PERCENT',
    'RETENTION_MAX_BYTES',
  ]);
  command.action((options: RetainOptions) => {
    const { dryRun: isDry = false, follow = false } = options;
    if (isDry && follow) command.error('--dry-run is done once: leave --follow out');
    const shown = {
      ...options,
      follow,
      json: options.json === true,
      trustsClock: options.trustClock === true,
    };
    return isDry ? dryRun(shown, command, context) : runRules(shown, command, context);
  });
  configureApply(command.command('apply'), context);
  configureRules(command.command('rules'), context);
  configureCheck(command.command('check'), context);
  configureRelease(command.command('release'), context);
}

const EXAMPLES = `
Examples:
  echo 'severity:debug=3d; service:alpha=7d; *=365d' | lms retain apply -
  lms retain --dry-run                      rule by rule: how many, how much, from when to when
  lms retain                                once
  lms retain --json | jq .rules             the same for a program
  lms retain rules                          what is in force, and what it has done`;
