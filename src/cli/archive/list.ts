import type { Command } from 'commander';
import { stopSignal } from '../../app/signals.ts';
import { type ArchivedDay, countsOf, listArchive, type Listing } from '../../archive/archive.ts';
import { LISTING, writeListing } from '../../archive/listing.ts';
import { manifestName } from '../../archive/manifest.ts';
import { openPlace } from '../../archive/open.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { visible } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { formatTable } from '../output/table.ts';
import { sizeText } from './size-text.ts';

interface ListOptions {
  readonly json?: true;
  readonly rebuild?: boolean;
}

/** Adds `lms archive list`. */
export function configureList(archive: Command, context: Context): void {
  archive
    .command('list')
    .summary('show the days of an archive')
    .description('Show the days of an archive, by its manifests. The database is not asked.')
    .argument('<archive>', 'a directory, or gs://bucket/prefix')
    .option('--rebuild', 'read every manifest, and write archive.json, the list of them, anew')
    .option('--json', 'print a JSON object for each day, with its counts by service and severity')
    .addHelpText('after', EXAMPLES)
    .action((from: string, options: ListOptions) => run(from, options, context));
}

const EXAMPLES = `
Examples:
  lms archive list /mnt/archive
  lms archive list gs://my-logs/lms --json | jq -s 'map(.rows) | add'
  lms archive list /mnt/archive --rebuild   after days were removed on purpose`;

async function run(from: string, { json, rebuild = false }: ListOptions, context: Context): Promise<void> {
  const stop = stopSignal();
  const { signal } = stop;
  try {
    const place = await openPlace(from);
    const listing = await listArchive(place, {}, { fresh: rebuild, signal });
    // Where there is nothing, nothing is made.
    const isThere = listing.days.length > 0 || (await place.list(LISTING, signal)).length > 0;
    if (rebuild && isThere) await writeListing(place, rebuilt(listing));
    context.stdout.write(json ? listing.days.map(dayJson).join('') : table(listing, context));
    const [fault, ...others] = listing.unreadable;
    if (fault === undefined) return;
    for (const { error } of others)
      context.stderr.write(`lms: ${visible(error instanceof Error ? error.message : String(error))}\n`);
    throw fault.error;
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new LmsError('ARCHIVE_STOPPED', 'stopped');
  } finally {
    stop.dispose();
  }
}

/** What was compared with the database is not known any more: it is compared again. */
function rebuilt({ days }: Listing): Parameters<typeof writeListing>[1] {
  const editions = days.flatMap((day) => day.editions);
  return { manifests: new Map(editions.map((each) => [manifestName(each), each])), compared: new Map() };
}

function table({ days }: Listing, { stdout }: Context): string {
  if (days.length === 0) return 'No day is archived there.\n';
  const rows = days.map(({ day, editions }) => {
    const sums = sumsOf(editions);
    return [day, sums.rows, editions.length, sums.parts, sizeText(sums.bytes)];
  });
  return formatTable(['day', 'entries', 'editions', 'parts', 'size'], rows, { columns: stdout.columns });
}

function dayJson({ day, editions }: ArchivedDay): string {
  const counts = countsOf({ editions }).map(({ serviceName, severity, count }) => ({
    service_name: serviceName,
    severity,
    count,
  }));
  return `${JSON.stringify({ day, ...sumsOf(editions), editions: editions.length, counts })}\n`;
}

function sumsOf(editions: ArchivedDay['editions']): {
  readonly rows: number;
  readonly parts: number;
  readonly bytes: number;
} {
  const sum = (read: (edition: ArchivedDay['editions'][number]) => number) =>
    editions.reduce((total, edition) => total + read(edition), 0);
  return {
    rows: sum(({ rows }) => rows),
    parts: sum(({ parts }) => parts.length),
    bytes: sum(({ bytes }) => bytes),
  };
}
