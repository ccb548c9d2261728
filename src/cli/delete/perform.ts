import { LmsError } from '../../errors/catalogue.ts';
import { deleteMatching, type EntryDeleter } from '../../query/answers/delete.ts';
import type { EntryReader } from '../../query/answers/ports.ts';
import type { Filter } from '../../query/filter.ts';
import type { StoreTarget } from '../../store/connection-target.ts';
import type { Context } from '../context.ts';
import { count } from '../output/numbers.ts';
import { showProgress } from '../output/progress.ts';
import { grantsToDelete, withGrants } from './grants.ts';

/** What is deleted, and by which means. */
export interface Deletion {
  readonly filter: Filter;
  /** How many match, as far as is known. */
  readonly expected: number;
  readonly reader: EntryReader;
  readonly deleter: EntryDeleter;
  /** Aborted, what is being read is given up. */
  readonly signal: AbortSignal;
  /** Aborted, no other transaction begins. */
  readonly end: AbortSignal;
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
  const { filter, expected } = deletion;
  let [deleted, rowsRead, isOver] = [0, 0, false];
  const read = () => ({ done: deleted, share: Math.min(1, deleted / expected) });
  const progress = showProgress({ label: 'deleted', read, stderr });
  try {
    for await (const step of deleteMatching(filter, {}, deletion)) ({ deleted, rowsRead, isOver } = step);
  } catch (error) {
    if (!deletion.signal.aborted) throw explained(error, deleted, deletion.target);
  } finally {
    progress.stop();
  }
  return { deleted, rowsRead, isStopped: !isOver && deletion.end.aborted };
}

/** `1,234 entries`. */
export function entriesText(number: number): string {
  return `${count(number)} ${number === 1 ? 'entry' : 'entries'}`;
}

/** A failure with what to do about it, and with what was done before. */
function explained(error: unknown, deleted: number, target: StoreTarget): unknown {
  const granted = withGrants(error, target, grantsToDelete);
  if (!(granted instanceof LmsError)) return granted;
  const lines = [granted.message, doneText(granted, deleted)];
  return new LmsError(granted.code, lines.join('\n'), { cause: error });
}

/** What was committed without a reply is not in the number. */
function doneText({ code }: LmsError, deleted: number): string {
  const isKnown = code !== 'DATABASE_UNREACHABLE';
  if (deleted === 0) return `nothing was deleted${isKnown ? '' : ', as far as is known'}`;
  const were = `${entriesText(deleted)} ${deleted === 1 ? 'was' : 'were'}`;
  return `${isKnown ? '' : 'at least '}${were} deleted until then; the same command goes on with the rest`;
}
