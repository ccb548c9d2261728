import type { Command } from 'commander';
import { createLog } from '../../app/logging.ts';
import { sizeOf } from '../../app/storage/size-of.ts';
import { visibleJson } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { sizeReport, sizeText } from '../output/size.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

/** `lms size`: how large the tables are, and when the disk is full. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Say how large the tables are, as the server estimates them, by how much they grow, and when the disk of the ' +
        'database is full, as far as the server tells. No table is read: this is cheap at any size.',
    )
    .option('--json', 'print a JSON object')
    .addHelpText('after', EXAMPLES)
    .action(({ json = false }: { json?: boolean }) => run(json, command, context));
  settingFlags(command, ['DATABASE_URL', 'RETENTION_MAX_BYTES', 'LOG_LEVEL']);
}

const EXAMPLES = `
Examples:
  lms size
  lms size --json | jq .growth.bytesPerDay
  lms size --json | jq -e '.limits | all(.daysLeft == null or .daysLeft > 14)'

free is what a table has taken from the disk and does not use: later rows go there, and nobody else gets it.
MariaDB tells of its disk with the plugin DISKS, and the right FILE (docs/operations.md); MySQL never does.`;

async function run(json: boolean, command: Command, context: Context): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const log = createLog({ level: settings.logLevel, command: command.name(), output: context.stderr });
  const found = await sizeOf(settings, log);
  context.stdout.write(json ? visibleJson(sizeReport(found)) : sizeText(found));
}
