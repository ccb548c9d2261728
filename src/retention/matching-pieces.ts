import type { EntryKey } from '../query/answers/ports.ts';
import { Scan } from '../query/answers/scan.ts';
import type { Time } from '../query/answers/time-range.ts';
import type { Filter } from '../query/filter.ts';
import type { Piece, PieceParts } from './piece.ts';
import type { RowKey } from './ports.ts';

/** Where at least one of so many rows is to go, each is looked at in the transaction that deletes. */
const DENSE = 2;
/** Deletions by keys before it is tried again whether rows lie dense: twice as many each time, and no more. */
const MOST_BETWEEN_TRIES = 64;

type Parts = Pick<PieceParts, 'reader' | 'deleter' | 'on' | 'signal' | 'rows'>;

/**
 * Deletes the rows of a time that a filter matches, oldest first. They are searched for, by whatever index leads to
 * them, and deleted by their keys; where most of what is looked at is to go, range by range, which is faster.
 */
export async function* deleteMatching(filter: Filter, time: Time, parts: Parts): AsyncGenerator<Piece> {
  const tries = new Tries();
  for (let left: Left | undefined = time; left !== undefined;) {
    const perhapsDense: Left | undefined = yield* deleteFound(filter, left, parts, tries);
    left = perhapsDense && (yield* deleteDense(filter, perhapsDense, parts, tries));
  }
}

/** What is left of a time. */
interface Left extends Time {
  /** Up to here all is done. */
  readonly after?: EntryKey | undefined;
}

/** When it is tried whether rows lie dense. */
class Tries {
  #between = 0;
  #passed = 0;

  /** Told that it would be worth it; says whether to. */
  isDue(): boolean {
    this.#passed += 1;
    return this.#passed > this.#between;
  }

  /** Told of what came of it. */
  came(wasDense: boolean): void {
    this.#passed = 0;
    this.#between = wasDense ? 0 : Math.min(MOST_BETWEEN_TRIES, 2 * this.#between + 1);
  }
}

/**
 * Looks and deletions are pieces of their own: what is found is kept until it is enough for a transaction. Ends
 * with what is left where rows may lie dense; undefined: nothing is.
 */
async function* deleteFound(
  filter: Filter,
  left: Left,
  { reader, deleter, on, signal, rows }: Parts,
  tries: Tries,
): AsyncGenerator<Piece, Left | undefined> {
  const scan = new Scan(reader, { filter, stretch: { order: 'oldest', ...left } }, signal);
  let found: readonly RowKey[] = [];
  let looked = 0;
  do {
    const { entries, rowsRead } = await scan.step(Number.MAX_SAFE_INTEGER);
    looked += rowsRead;
    found = [...found, ...entries.map(keyOf)];
    yield { deleted: 0, rows: 0, at: found[0]?.timestamp ?? scan.position?.timestamp ?? left.to };
    const isPromising = found.length >= rows() && found.length * DENSE >= looked;
    const isToBeTried = isPromising && !scan.isOver && tries.isDue();
    while (found.length >= rows() || ((scan.isOver || isToBeTried) && found.length > 0)) {
      const some = found.slice(0, rows());
      found = found.slice(some.length);
      looked = found.length;
      const deleted = await deleter.deleteEntries(some, on);
      yield { deleted, rows: some.length, at: some.at(-1)?.timestamp ?? left.to };
    }
    if (isToBeTried) return { ...left, after: scan.position };
  } while (!scan.isOver);
  return undefined;
}

/** Ends with what is left where rows do not lie dense; undefined: nothing is. */
async function* deleteDense(
  filter: Filter,
  left: Left,
  { deleter, on, rows }: Parts,
  tries: Tries,
): AsyncGenerator<Piece, Left | undefined> {
  let { after } = left;
  for (;;) {
    const piece = await deleter.deleteRange({ ...left, after, filter, maxRows: rows() }, on);
    const { deleted, end, looked = deleted } = piece;
    yield { deleted, rows: looked, at: end?.timestamp ?? left.to };
    if (end === undefined) return undefined;
    after = end;
    const isDense = deleted * DENSE >= looked;
    tries.came(isDense);
    if (!isDense) return { ...left, after };
  }
}

function keyOf({ timestamp, eventId, serviceName, severity }: Required<RowKey>): Required<RowKey> {
  return { timestamp, eventId, serviceName, severity };
}
