import type { Settings } from '../config/settings.ts';
import { LmsError } from '../errors/catalogue.ts';
import type { Log } from '../pipeline/ports.ts';
import { RunAccount, type RunSummary } from '../runs/account.ts';
import { openEntryReader } from '../store/open.ts';
import { visibleJson } from '../text/visible.ts';
import type { Context } from './context.ts';
import type { OpenedStore } from './database.ts';
import { count } from './output/numbers.ts';
import { runText } from './output/run.ts';

/** What is only a hint is not waited for longer. */
const PATIENCE_MS = 5_000;

/** Which run, and how to look at it. */
export interface RunOptions {
  readonly run: string;
  /** How many messages it published. */
  readonly count: number | undefined;
  readonly deadLetters: boolean;
  readonly json: boolean;
}

/**
 * Accounts for every message of a run by its number. Throws RUN_INCOMPLETE if some are missing or stored
 * twice.
 */
export async function verifyRun(
  options: RunOptions,
  { store, settings, log }: OpenedStore,
  context: Context,
): Promise<void> {
  const account = new RunAccount(options.run);
  for await (const eventId of store.eventIds(`${options.run}-`)) account.addRow(eventId);
  if (options.deadLetters) {
    // Only this needs the libraries of Pub/Sub, and a Pub/Sub that answers.
    const { deadLetterEventIds } = await import('./dead-letter-ids.ts');
    for await (const eventId of deadLetterEventIds(settings, log)) account.addDeadLetter(eventId);
  }
  const summary = account.summary(options.count);
  const discarded = summary.missing.total === 0 ? 0 : await discardedByWorkers(settings, log);
  context.stdout.write(
    options.json
      ? visibleJson({ ...summary, discardedByWorkers: discarded })
      : runText(summary, { withDeadLetters: options.deadLetters, discarded }),
  );
  if (!summary.complete) throw new LmsError('RUN_INCOMPLETE', whatIsAmiss(summary));
}

/**
 * Entries that DISCARD kept out, of workers that were seen within a day: which ones is known nowhere. 0 if the
 * database does not tell.
 */
async function discardedByWorkers(settings: Settings, log: Log): Promise<number> {
  const reader = await openEntryReader(settings.database, { log, connections: 1 });
  try {
    const { processes } = await reader.processes(AbortSignal.timeout(PATIENCE_MS));
    return processes.reduce((sum, { ledger }) => sum + (ledger?.discarded ?? 0), 0);
  } catch (error) {
    log.debug({ err: error }, 'what workers say of themselves cannot be read');
    return 0;
  } finally {
    await reader.close();
  }
}

function whatIsAmiss({ run, published, missing, doubled, unexpected }: RunSummary): string {
  if (published === 0 && unexpected.total === 0) return `nothing is stored of run ${run}`;
  const amiss: [number, string][] = [
    [missing.total, 'missing'],
    [doubled.total, 'stored more than once'],
    [unexpected.total, `numbered above ${count(published)}`],
  ];
  const found = amiss.filter(([total]) => total > 0).map(([total, what]) => `${count(total)} ${what}`);
  return `of the ${count(published)} messages of run ${run}: ${found.join(', ')}`;
}
