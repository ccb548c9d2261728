import type { EntryKey } from '../../query/answers/ports.ts';
import type { ServiceSeverity } from '../../retention/ports.ts';
import { byKey } from '../batch.ts';
import type { CountedKey } from './counted-key.ts';

/** Keys of one service and severity that are to be read, in order. */
export interface KeysAsked {
  readonly of: ServiceSeverity;
  /** The key before the first of them; undefined: from the beginning of the range. */
  readonly after: EntryKey | undefined;
  /** One of a few numbers, so that there are few shapes of a statement. */
  readonly most: number;
}

/** Keys of one service and severity, as far as they were read. */
interface Run {
  readonly of: ServiceSeverity;
  readonly keys: CountedKey[];
  /** How many are read next. */
  most: number;
  /** All that the range has were read. */
  isWhole: boolean;
}

const LEAST_AT_ONCE = 16;
/** What is read beyond its share of the rows, for some have more of the oldest than others: the rest is read again. */
const SURPLUS = 1.1;

/**
 * Finds the oldest rows of some services and severities by the index of these, and reads hardly more of it than
 * that: who uses it reads what is asked for, until nothing is.
 */
export class NextKeys {
  readonly #runs: ReadonlyMap<ServiceSeverity, Run>;
  readonly #maxRows: number;
  readonly #after: EntryKey | undefined;
  /** All that were read, in order; undefined: more were read since. */
  #inOrder: readonly CountedKey[] | undefined;

  /** No more than `maxRows` are found, at least 1, behind `after`. */
  constructor(only: readonly ServiceSeverity[], maxRows: number, after?: EntryKey) {
    this.#maxRows = maxRows;
    this.#after = after;
    const share = Math.max(LEAST_AT_ONCE, (SURPLUS * maxRows) / only.length);
    const most = roundedUp(Math.min(share, maxRows));
    this.#runs = new Map(only.map((of) => [of, { of, keys: [], most, isWhole: false }]));
  }

  /** What is to be read next: of each service and severity that may have more of the oldest. Empty: all is found. */
  asked(): readonly KeysAsked[] {
    const bound = this.#sorted()[this.#maxRows - 1];
    return [...this.#runs.values()]
      .filter(({ isWhole, keys }) => !isWhole && isBefore(keys.at(-1), bound))
      .map(({ of, keys, most }) => ({ of, after: keys.at(-1) ?? this.#after, most }));
  }

  /** Takes what was read, in the order of `asked`. */
  take(asked: readonly KeysAsked[], read: readonly (readonly EntryKey[])[]): void {
    this.#inOrder = undefined;
    for (const [index, { of }] of asked.entries()) {
      const run = this.#runs.get(of);
      if (run === undefined) continue;
      const keys = read[index] ?? [];
      for (const { timestamp, eventId } of keys) run.keys.push({ timestamp, eventId, ...of });
      run.isWhole = keys.length < run.most;
      run.most *= 2;
    }
  }

  /** The oldest keys; `end` is the last of them, unless there is nothing behind it. */
  found(): { readonly keys: readonly CountedKey[]; readonly end: EntryKey | undefined } {
    const sorted = this.#sorted();
    const keys = sorted.slice(0, this.#maxRows);
    const isAll = keys.length === sorted.length && [...this.#runs.values()].every(({ isWhole }) => isWhole);
    return { keys, end: isAll ? undefined : keys.at(-1) };
  }

  #sorted(): readonly CountedKey[] {
    return (this.#inOrder ??= [...this.#runs.values()].flatMap(({ keys }) => keys).sort(byKey));
  }
}

/** To one of four numbers between a power of two and the next. */
function roundedUp(rows: number): number {
  const step = 2 ** Math.max(0, Math.ceil(Math.log2(rows)) - 3);
  return Math.ceil(rows / step) * step;
}

/** Whether something may come behind the one that is before the other; where there is no bound, it may. */
function isBefore(key: EntryKey | undefined, bound: EntryKey | undefined): boolean {
  return key === undefined || bound === undefined || byKey(key, bound) < 0;
}
