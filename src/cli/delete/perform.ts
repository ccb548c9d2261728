import type { StopRequest } from '../../app/signals.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { deleteMatching, type EntryDeleter } from '../../query/answers/delete.ts';
import type { EntryReader } from '../../query/answers/ports.ts';
import type { Filter } from '../../query/filter.ts';
import type { StoreTarget } from '../../store/connection-target.ts';
import type { Context } from '../context.ts';
import { count } from '../output/numbers.ts';
import { showProgress } from '../output/progress.ts';
import { grantsToDelete } from './grants.ts';

/** What is deleted, and by which means. */
export interface Deletion {
  readonly filter: Filter;
  /** How many match, as far as is known. */
  readonly expected: number;
  readonly reader: EntryReader;
  readonly deleter: EntryDeleter;
  /** Aborted, what is being read is given up. */
  readonly signal: AbortSignal;
  /** Asks to stop after the transaction that runs. */
  readonly stop: StopRequest;
  /** For what is said of an error. */
  readonly target: StoreTarget;
}

/** What was deleted. */
export interface Deleted {
  readonly deleted: number;
  readonly rowsRead: number;
  /** Whether it was stopped before its end. */
  readonly isStopped: boolean;
}

/** Deletes, and shows how far it is. Throws `LmsError`, which says how many were deleted until then. */
export async function performDeletion(deletion: Deletion, { stderr }: Context): Promise<Deleted> {
  const { filter, expected, stop } = deletion;
  let [deleted, rowsRead, isStopped] = [0, 0, false];
  const read = () => ({ done: deleted, share: Math.min(1, deleted / expected) });
  const progress = showProgress({ label: 'deleted', read, stderr });
  try {
    for await (const step of deleteMatching(filter, {}, deletion)) {
      ({ deleted, rowsRead } = step);
      isStopped = stop.signal.aborted && !step.isOver;
      if (isStopped) break;
    }
  } catch (error) {
    if (!deletion.signal.aborted) throw explained(error, deleted, deletion.target);
    isStopped = true;
  } finally {
    progress.stop();
  }
  return { deleted, rowsRead, isStopped };
}

/** `1,234 entries`. */
export function entriesText(number: number): string {
  return `${count(number)} ${number === 1 ? 'entry' : 'entries'}`;
}

/** A failure with what to do about it, and with what was done before. */
function explained(error: unknown, deleted: number, target: StoreTarget): unknown {
  if (!(error instanceof LmsError)) return error;
  const isDenied = error.code === 'DATABASE_DENIED' && target.kind === 'mysql';
  const lines = [error.message, ...(isDenied ? grantsToDelete(target) : []), doneText(error, deleted)];
  return new LmsError(error.code, lines.join('\n'), { cause: error });
}

/** What was committed without a reply is not in the number. */
function doneText({ code }: LmsError, deleted: number): string {
  const most = code === 'DATABASE_UNREACHABLE' ? 'at least ' : '';
  return `${most}${entriesText(deleted)} ${deleted === 1 ? 'was' : 'were'} deleted until then; the same command goes on with the rest`;
}
