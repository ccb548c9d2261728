import type { Command } from 'commander';
import type { Output } from '../../app/logging.ts';
import { type ListedSetting, listSettings } from '../../config/listing.ts';
import { SETTING_NAMES } from '../../config/schema.ts';
import { visibleJson } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { formatTable } from '../output/table.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

/** `lms config`: the effective settings, where each comes from, what it is. Secrets are hidden. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Show the effective settings: name, value, where it comes from, what it is. Secrets are hidden.',
    )
    .option('--json', 'print a JSON array')
    .addHelpText('after', EXAMPLES)
    .action((options: { json?: true }) => {
      const listed = listSettings(settingsFrom(command, context));
      context.stdout.write(options.json ? visibleJson(listed) : settingsTable(listed, context.stdout));
    });
  settingFlags(command, SETTING_NAMES);
}

const EXAMPLES = `
Examples:
  lms config                        what a command would run with, here and now
  BATCHSIZE=100 lms config --json   for programs`;

function settingsTable(listed: readonly ListedSetting[], { columns }: Output): string {
  const rows = listed.map(({ name, value, origin, summary }) => [name, value ?? '(unset)', origin, summary]);
  return formatTable(['setting', 'value', 'from', 'what it is'], rows, { columns });
}
