import type { Command } from 'commander';
import { type VerifiedDay, verifyArchive } from '../../app/archive/verify-archive.ts';
import { stopSignal } from '../../app/signals.ts';
import { openPlace } from '../../archive/open.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { visible } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { count } from '../output/numbers.ts';
import { showProgress } from '../output/progress.ts';
import { entries } from './report.ts';
import { sizeText } from './size-text.ts';

/** Adds `lms archive verify`. */
export function configureVerify(archive: Command, context: Context): void {
  archive
    .command('verify')
    .summary('read all of an archive, and compare it with its manifests')
    .description(
      'Read all of an archive and compare it with its manifests: size, SHA-256, rows, keys, counts. Every fault is ' +
        'printed; exits 30 if there is one. The database is not asked.',
    )
    .argument('<archive>', 'a directory, or gs://bucket/prefix')
    .option('--json', 'print a JSON object for each day, and one for all')
    .addHelpText('after', EXAMPLES)
    .action((from: string, { json = false }: { readonly json?: boolean }) => run(from, json, context));
}

const EXAMPLES = `
Examples:
  lms archive verify /mnt/archive
  lms archive verify gs://my-logs/lms --json | jq -c 'select(.faults != [])'`;

async function run(from: string, json: boolean, { stdout, stderr }: Context): Promise<void> {
  const stop = stopSignal();
  const sums = { days: 0, rows: 0, bytes: 0, faults: 0 };
  let read = 0;
  const progress = showProgress({ label: 'verified', read: () => ({ done: read }), stderr });
  try {
    const onRows = (rows: number) => (read += rows);
    for await (const day of verifyArchive(await openPlace(from), { signal: stop.signal, onRows })) {
      sums.days += 1;
      sums.rows += day.rows;
      sums.bytes += day.bytes;
      sums.faults += day.faults.length;
      progress.print(stdout, json ? dayJson(day) : dayLines(day));
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new LmsError('ARCHIVE_STOPPED', `stopped: ${entries(sums.rows)} verified until then`);
  } finally {
    progress.stop();
    stop.dispose();
  }
  if (sums.days === 0) throw new LmsError('ARCHIVE_PLACE', `there is no archive in ${visible(from)}`);
  stdout.write(json ? `${JSON.stringify(sums)}\n` : `${summary(sums)}\n`);
  if (sums.faults > 0) throw new LmsError('ARCHIVE', faultsText(sums.faults));
}

function dayLines({ day, faults, unfinished }: VerifiedDay): string {
  const notes = unfinished.map(
    (name) => `${day}  ${visible(name)} is in no manifest: its writing broke off, and the next run goes on`,
  );
  return [...faults.map(({ message }) => `${day}  ${visible(message)}`), ...notes]
    .map((line) => `${line}\n`)
    .join('');
}

function dayJson({ faults, ...day }: VerifiedDay): string {
  return `${JSON.stringify({ ...day, faults: faults.map(({ message }) => message) })}\n`;
}

function summary({
  days,
  rows,
  bytes,
}: {
  readonly days: number;
  readonly rows: number;
  readonly bytes: number;
}): string {
  return `Verified ${entries(rows)} of ${count(days)} ${days === 1 ? 'day' : 'days'}, ${sizeText(bytes)}.`;
}

function faultsText(faults: number): string {
  return faults === 1 ? 'a file is damaged' : `${count(faults)} files are damaged`;
}
