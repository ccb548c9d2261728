import type { Command } from 'commander';
import { createArchive, type CreateOptions } from '../archive/create.ts';
import { configureList } from '../archive/list.ts';
import { configureRestore } from '../archive/restore.ts';
import { configureVerify } from '../archive/verify.ts';
import type { Context } from '../context.ts';
import { databaseFlags } from '../database.ts';

/** `lms archive`: puts old entries into files, by day; verifies and lists what is there. */
export function configure(command: Command, context: Context): void {
  // What stands behind the name of a subcommand is its own.
  command.enablePositionalOptions();
  command
    .description(
      'Archive the log entries of whole days (UTC) as compressed files with manifests (docs/archive.md), in a directory or ' +
        'a bucket. Run again it goes on where it ended, and archives what came late. With --then-delete each day is read ' +
        'back and verified, then deleted from the database: exactly the entries that are archived.',
    )
    .argument('<to>', 'a directory, which is made, or gs://bucket/prefix')
    .option('--before <time>', 'archive the days before this time: 90d (ago), 2026-01-01')
    .option('--then-delete', 'delete what is archived, once it is verified')
    .option('--json', 'print a JSON object for each day, and one for all')
    .addHelpText('after', EXAMPLES)
    .action(async (to: string, { before, ...options }: Partial<CreateOptions>) => {
      // Of commander's own that would be required of the subcommands, too.
      if (before === undefined) command.error('--before says which days are archived, as in --before 90d');
      await createArchive(to, { ...options, before }, { command, context });
    });
  databaseFlags(command);
  configureVerify(command, context);
  configureList(command, context);
  configureRestore(command, context);
}

const EXAMPLES = `
Examples:
  lms archive --before 90d /mnt/archive
  lms archive --before 90d gs://my-logs/lms --then-delete   every night
  lms archive verify /mnt/archive
  lms archive list /mnt/archive
  lms archive restore /mnt/archive --since 2026-01-01 --until 2026-02-01 --hold 7d
  zcat /mnt/archive/entries/2026-01-31/*.gz | jq .payload   no lms needed`;
