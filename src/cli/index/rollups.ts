import type { Command } from 'commander';
import { fillRollups } from '../../app/jobs/rollups.ts';
import { stopSignal } from '../../app/signals.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { openWorkLeases } from '../../store/open.ts';
import { requireSchema } from '../../store/schema.ts';
import type { RollupCheck } from '../../store/store.ts';
import { visibleJson } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { databaseFlags, type OpenedStore, withStore } from '../database.ts';
import { count } from '../output/numbers.ts';

/** `lms index rollups`: fills and mends the sums of counts, under the lease of the job of that name. */
export function configureRollups(index: Command, context: Context): void {
  const command = index
    .command('rollups')
    .summary('fill the sums of counts over hours and days, and mend them')
    .description(
      'Fill the sums of counts over hours and days, and mend what differs from the counts by minute: a day in each ' +
        'transaction, while workers go on. `lms serve` does it by itself where JOBS has rollups.',
    )
    .option('--check', 'only say how the sums stand, and change nothing')
    .option('--json', 'print a JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async ({ check = false, json = false }: { check?: boolean; json?: boolean }) => {
      await withStore({ command, context }, async ({ store, settings, log }) => {
        await requireSchema(store);
        if (check) {
          const { rollups } = await store.verify();
          context.stdout.write(json ? visibleJson(rollups) : checkReport(rollups));
          return;
        }
        const filled = await fillUntilStopped({ store, settings, log });
        context.stdout.write(json ? visibleJson(filled ?? null) : fillReport(filled));
      });
    });
  databaseFlags(command);
}

async function fillUntilStopped({ store, settings, log }: OpenedStore): Promise<RollupCheck | undefined> {
  const leases = openWorkLeases(settings.database, { log });
  const stop = stopSignal();
  try {
    return await fillRollups({ store, leases, clock: systemClock, log, stop: stop.signal });
  } finally {
    stop.dispose();
    await leases.close();
  }
}

const EXAMPLES = `
Examples:
  lms index rollups
  lms index rollups --check
  lms index rollups --json | jq .inUse`;

const NOT_IN_USE =
  'The sums are not in use: readers add up the counts by minute, which takes longer and says the same.\n';

function checkReport({ inUse, wrong }: RollupCheck): string {
  if (!inUse)
    return `${NOT_IN_USE}${count(wrong)} are missing or differ: \`lms index rollups\` fills them.\n`;
  return wrong === 0
    ? 'The sums are right, and in use.\n'
    : `The sums are in use, and ${count(wrong)} differ: \`lms index rollups\` mends them.\n`;
}

function fillReport(filled: RollupCheck | undefined): string {
  if (filled === undefined) return 'Another process fills the sums now: nothing was done here.\n';
  const { inUse, wrong } = filled;
  const done = wrong === 0 ? 'All sums were right' : `${count(wrong)} sums were filled or mended`;
  if (inUse) return `${done}; they are in use.\n`;
  return `${done}. ${NOT_IN_USE}A worker or \`lms delete\` of an earlier release has written meanwhile: try again once they are gone.\n`;
}
