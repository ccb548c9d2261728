import type { Command } from 'commander';
import { LmsError } from '../../errors/catalogue.ts';
import { requireSchema } from '../../store/schema.ts';
import type { Repair, WrongCounts } from '../../store/store.ts';
import { visibleJson } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { databaseFlags, withStore } from '../database.ts';
import { count } from '../output/numbers.ts';
import { countTable, minuteTable } from '../output/verification.ts';

/**
 * `lms repair`: shows which counts differ from the rows, and with --apply mends them. Exit status 1
 * (DISAGREE) if they stay so.
 */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Show which counts of service_severity and service_severity_minutes differ from the rows of service_logs; with --apply, ' +
        'make them right. Workers may go on writing meanwhile. Exits 1 if counts differ and --apply was not given.',
    )
    .option('--apply', 'change the counts; without it they are only shown')
    .option('--json', 'print the differences as a JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async ({ apply = false, json = false }: { apply?: boolean; json?: boolean }) => {
      await withStore({ command, context }, async ({ store }) => {
        await requireSchema(store);
        const repair = await store.repair({ apply });
        context.stdout.write(json ? visibleJson({ applied: apply, ...repair }) : report(repair, apply));
        if (!apply && isNeeded(repair)) throw new LmsError('DISAGREE', differing(repair));
      });
    });
  databaseFlags(command);
}

const EXAMPLES = `
Examples:
  lms repair            show what is wrong, and change nothing
  lms repair --apply    make it right
  lms repair --json | jq .minutes.total`;

function report(repair: Repair, applied: boolean): string {
  if (!isNeeded(repair)) return 'Nothing to repair: the tables agree.\n';
  const { counts, minutes, rollups } = repair;
  const tables = [
    ...(counts.total > 0 ? [countTable(counts.first), more(counts)] : []),
    ...(minutes.total > 0 ? [minuteTable(minutes.first), more(minutes)] : []),
    ...(rollups.wrong > 0
      ? [`${count(rollups.wrong)} sums of lms_rollups differ from the counts by minute\n\n`]
      : []),
  ];
  const outcome = applied
    ? 'Mended: the tables agree now.'
    : 'Nothing was changed: `lms repair --apply` does it.';
  return `${tables.join('')}${outcome}\n`;
}

function more({ total, first }: WrongCounts<unknown>): string {
  return total > first.length ? `… and ${count(total - first.length)} more\n\n` : '\n';
}

/** Sums that are not in use need no repair: filling them is no correction. */
function isNeeded({ counts, minutes, rollups }: Repair): boolean {
  return counts.total + minutes.total > 0 || (rollups.inUse && rollups.wrong > 0);
}

function differing({ counts, minutes, rollups }: Repair): string {
  if (counts.total + minutes.total === 0)
    return `${count(rollups.wrong)} sums of lms_rollups differ from the counts by minute`;
  const noun = counts.total === 1 ? 'count' : 'counts';
  return `${count(counts.total)} ${noun} of service_severity and ${count(minutes.total)} of service_severity_minutes differ from the rows`;
}
