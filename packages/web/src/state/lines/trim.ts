import type { PageQuestion } from '../../../../client/src/types.ts';
import type { Side } from './edge.ts';
import type { Lines } from './line-order.ts';

/** How many lines are kept in memory. */
export const MAX_LINES = 20_000;
/** So many more may be there before some are dropped, so that not each page and each batch drops some. */
const SLACK_LINES = 2_000;
/** And so many characters of text, of fewer lines then. */
const MAX_LENGTH = 64 * 1024 ** 2;
const SLACK_LENGTH = MAX_LENGTH / 8;
/** What is in sight and near to it is kept, however long it is. */
const LEAST_LINES = 500;

/** Where pages began and ended: from there what was dropped is asked for again. */
export type Boundaries = ReadonlyMap<string, PageQuestion>;

/** What is left, and how what was dropped is asked for. */
export interface Trimmed {
  readonly lines: Lines;
  readonly onward: PageQuestion | undefined;
}

/**
 * Drops lines of one side, down to about `MAX_LINES` and `MAX_LENGTH`: at the end of a page if there is one nearby, for what lies
 * beyond it is then found by its cursor. Undefined: there are not too many.
 */
export function trimmed(lines: Lines, side: Side, boundaries: Boundaries): Trimmed | undefined {
  const excess = excessOf(lines, side);
  if (excess <= 0) return undefined;
  const isOld = side === 'older';
  for (let cut = excess; cut > 0 && cut > excess - SLACK_LINES; cut--) {
    const outermost = lines[isOld ? cut : lines.length - 1 - cut];
    const onward = outermost && boundaries.get(outermost.id);
    if (onward !== undefined) return { lines: cutAt(lines, side, cut), onward };
  }
  return { lines: cutAt(lines, side, excess), onward: undefined };
}

/** How many lines are too many. */
function excessOf(lines: Lines, side: Side): number {
  const byCount = lines.length - MAX_LINES;
  let length = lines.reduce((sum, { payload }) => sum + payload.length, 0);
  if (length <= MAX_LENGTH + SLACK_LENGTH) return byCount > SLACK_LINES ? byCount : 0;
  const most = lines.length - LEAST_LINES;
  let byLength = 0;
  while (byLength < most && length > MAX_LENGTH) {
    length -= lines[side === 'older' ? byLength : lines.length - 1 - byLength]?.payload.length ?? 0;
    byLength += 1;
  }
  return Math.max(byCount, byLength);
}

function cutAt(lines: Lines, side: Side, cut: number): Lines {
  return side === 'older' ? lines.slice(cut) : lines.slice(0, lines.length - cut);
}

/** The ends of pages that are still there. */
export function keptBoundaries(lines: Lines, boundaries: Boundaries): Map<string, PageQuestion> {
  const ids = new Set(lines.map(({ id }) => id));
  return new Map([...boundaries].filter(([id]) => ids.has(id)));
}

/** Lines that came last, so many at most, and of so many characters at most. */
export class Recent {
  #lines: Lines = [];
  #length = 0;
  #came = 0;
  readonly #most: number;
  readonly #mostLength: number;

  constructor(most: number, mostLength: number) {
    this.#most = most;
    this.#mostLength = mostLength;
  }

  get lines(): Lines {
    return this.#lines;
  }

  /** How many came in all, since it was cleared. */
  get came(): number {
    return this.#came;
  }

  /** Whether all are here that came when, and after, so many had come. */
  hasSince(came: number): boolean {
    return this.#came - came <= this.#lines.length;
  }

  add(entries: Lines): void {
    this.#came += entries.length;
    this.#lines = [...this.#lines, ...entries];
    for (const { payload } of entries) this.#length += payload.length;
    let gone = 0;
    while (this.#lines.length - gone > this.#most || this.#length > this.#mostLength) {
      this.#length -= this.#lines[gone]?.payload.length ?? this.#length;
      gone++;
    }
    if (gone > 0) this.#lines = this.#lines.slice(gone);
  }

  clear(): void {
    this.#lines = [];
    this.#length = 0;
    this.#came = 0;
  }
}
