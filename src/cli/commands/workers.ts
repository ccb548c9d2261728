import type { Command } from 'commander';
import { createLog } from '../../app/logging.ts';
import { workersReport } from '../../export/workers.ts';
import { openEntryReader } from '../../store/open.ts';
import { visibleJson } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { databaseFlags } from '../database.ts';
import { workersText } from '../output/workers.ts';
import { settingsFrom } from '../setting-flags.ts';

/** `lms workers`: the workers as they last told the database, and up to when all is stored. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'List the workers (lms mon) that were seen within a day: each tells the database every 10 s that it lives. ' +
        'And say up to when what was published is stored.',
    )
    .option('--json', 'print a JSON object')
    .addHelpText('after', EXAMPLES)
    .action(({ json = false }: { json?: boolean }) => run(json, command, context));
  databaseFlags(command);
}

const EXAMPLES = `
Examples:
  lms workers
  lms workers --json | jq '.workers[] | select(.state == "silent")'
  lms workers --json | jq -r .storedUpTo.at

States: running, draining (it stops), stopped, silent (not seen for 30 s: it died, or cannot reach the database).
held and lag are as they were when the worker was last seen. lag is the age of the oldest message that it held.`;

async function run(json: boolean, command: Command, context: Context): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const log = createLog({ level: settings.logLevel, command: command.name(), output: context.stderr });
  const reader = await openEntryReader(settings.database, { log, connections: 1 });
  try {
    const processes = await reader.processes(new AbortController().signal);
    context.stdout.write(json ? visibleJson(workersReport(processes)) : workersText(processes));
  } finally {
    await reader.close();
  }
}
