import type { Command } from 'commander';
import { beforeDay } from '../../app/archive/before-day.ts';
import { type ArchiveParts, type DayReport, rowsBefore, runArchive } from '../../app/archive/run-archive.ts';
import { underLease } from '../../app/jobs/under-lease.ts';
import { readRelease } from '../../app/release.ts';
import { type StopRequest, stopSignal } from '../../app/signals.ts';
import { withReader } from '../../app/with-reader.ts';
import { openPlace } from '../../archive/open.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { systemClock } from '../../pipeline/clock.ts';
import type { EntryReader } from '../../query/answers/ports.ts';
import type { RetentionBook } from '../../retention/ports.ts';
import { openRetentionBook, openWorkLeases } from '../../store/open.ts';
import { requireSchema } from '../../store/schema.ts';
import { ARCHIVE_LEASE, type WorkLease } from '../../store/work-leases.ts';
import type { Context } from '../context.ts';
import { type OpenedStore, withStore } from '../database.ts';
import { grantsToArchive, withGrants } from '../delete/grants.ts';
import { showProgress } from '../output/progress.ts';
import { dayJson, dayLine, Summary } from './report.ts';

/** The options of `lms archive --before`. */
export interface CreateOptions {
  readonly before: string;
  readonly thenDelete?: true;
  readonly json?: true;
}

/** What was invoked, and with what. */
interface Run {
  readonly to: string;
  readonly options: CreateOptions;
  readonly context: Context;
  readonly stop: StopRequest;
}

/**
 * Archives what is older than a day, and deletes it if that was asked for. Throws ARCHIVE if a day could not be
 * archived, LEASE_HELD if another process is at it, ARCHIVE_STOPPED if it was stopped.
 */
export async function createArchive(
  to: string,
  options: CreateOptions,
  { command, context }: { readonly command: Command; readonly context: Context },
): Promise<void> {
  const stop = stopSignal();
  const run: Run = { to, options, context, stop };
  try {
    // Before the database is asked: what cannot be read, or be no day, is said at once.
    beforeDay(options.before, machineClocks());
    await withStore({ command, context }, async (opened) => {
      await requireSchema(opened.store);
      // A replica may not have yet, or still have, what is archived.
      const primary = { ...opened.settings, readDatabase: undefined };
      const reading = { settings: primary, log: opened.log, stop };
      await withReader(reading, ({ reader }) => underArchiveLease(run, opened, reader));
    });
  } finally {
    stop.dispose();
  }
}

async function underArchiveLease(run: Run, opened: OpenedStore, reader: EntryReader): Promise<void> {
  const { log, settings } = opened;
  const leases = openWorkLeases(settings.database, { log });
  const book = openRetentionBook(settings.database, { log });
  try {
    const done = await underLease({
      ...{ leases, name: ARCHIVE_LEASE, clock: systemClock, log, stop: run.stop.signal },
      work: (lease, signal) => archive(run, opened, { reader, book, lease, signal }),
    });
    if (done === undefined) throw new LmsError('LEASE_HELD', 'another process archives this database');
  } catch (failure) {
    const deletes = run.options.thenDelete === true;
    const error = withGrants(failure, settings.database, (user) => grantsToArchive(user, deletes));
    if (!run.stop.signal.aborted || (error instanceof LmsError && error.code !== 'STOPPED')) throw error;
    throw new LmsError('ARCHIVE_STOPPED', 'stopped before all was archived');
  } finally {
    await Promise.all([leases.close(), book.close()]);
  }
}

interface Work {
  readonly reader: EntryReader;
  readonly book: RetentionBook;
  readonly lease: WorkLease;
  readonly signal: AbortSignal;
}

async function archive(run: Run, { store, log }: OpenedStore, work: Work): Promise<void> {
  const { to, options, context } = run;
  const { reader, book, lease, signal } = work;
  const { now: database } = await reader.processes(signal);
  const before = beforeDay(options.before, { machineMs: Date.now(), database });
  const place = await openPlace(to);
  const parts: ArchiveParts = {
    ...{ place, reader, signal, lease, release: readRelease(), now: () => new Date().toISOString() },
    progress: { archived: 0, verified: 0, deleted: 0 },
    deleter: options.thenDelete && store,
    holds: async () => (await book.state()).holds,
    onUnlisted: (error) => {
      log.warn({ reason: String(error) }, 'the listing of the archive could not be written: it does without');
    },
  };
  const summary = new Summary(place.text, before, options.thenDelete === true);
  await showRun(before, parts, run, (day) => {
    summary.add(day);
    return options.json ? dayJson(day) : dayLine(day);
  });
  context.stdout.write(options.json ? summary.json() : summary.text());
  summary.requireNoFailure();
}

/** Prints each day as it is done, and how far it is. */
async function showRun(
  before: string,
  parts: ArchiveParts,
  { options, context }: Run,
  lineOf: (day: DayReport) => string,
): Promise<void> {
  const steps = options.thenDelete ? 3 : 1;
  const rows = Math.max(1, (await rowsBefore(before, parts)) * steps);
  const { progress } = parts;
  const read = () => {
    const done = progress.archived + progress.verified + progress.deleted;
    return { done: progress.archived, share: Math.min(1, done / rows) };
  };
  const display = showProgress({ label: 'archived', read, stderr: context.stderr });
  try {
    for await (const day of runArchive(before, parts)) display.print(context.stdout, lineOf(day));
  } finally {
    display.stop();
  }
}

function machineClocks(): { readonly machineMs: number; readonly database: string } {
  const machineMs = Date.now();
  return { machineMs, database: new Date(machineMs).toISOString().replace('T', ' ').replace('Z', '000') };
}
