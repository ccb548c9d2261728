import { areSame, basisOf, isOutdated } from './basis.ts';
import { logTable } from './forecast.ts';
import { Pacer } from './pacer.ts';
import type { PieceParts } from './piece.ts';
import { deletePieces } from './pieces.ts';
import type { RetentionBook, RetentionState, SizeMark, StoredSize } from './ports.ts';
import type { RetentionParts } from './run.ts';
import { cutOldest, type SizeCut } from './size-cut.ts';
import { type Excess, excessOf, floorOf, markOf } from './size-rule.ts';

/** What the last rule works with. */
export interface SizeParts extends Omit<RetentionParts, 'book'> {
  readonly book: Pick<RetentionBook, 'state' | 'sizeMark' | 'markSize'>;
  /** How large the tables are now. */
  readonly size: () => Promise<StoredSize | undefined>;
  /** The setting RETENTION_MAX_BYTES. */
  readonly maxBytes: number;
}

/** What the last rule has to do, or why it cannot. */
export type SizePlan =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'too few' }
  | ({ readonly kind: 'fits' } & Standing)
  /** `cut` undefined: all that is left is held, or too young. */
  | ({ readonly kind: 'exceeds'; readonly cut: SizeCut | undefined } & Standing);

interface Standing {
  readonly excess: Excess;
  readonly mark: SizeMark;
}

/** A run of the last rule, as it ended. */
export interface SizeRun {
  readonly plan: SizePlan;
  /** Rows that it deleted. */
  readonly deleted: number;
  readonly end: 'done' | 'stopped' | 'holds changed';
}

/** The account that it has: no version of the rules has this number. */
const SIZE_RULE = { version: 0, place: 0 } as const;
const LOOK_MS = 1_000;

/**
 * Measures the table of entries, to be done before rules delete: what a server says of sizes afterwards is that of
 * before. Resolves to what is known then; with `keeps`, the next that measures goes on from it.
 */
export async function measure(
  { book, size, reader, signal }: Pick<SizeParts, 'book' | 'size' | 'reader' | 'signal'>,
  { keeps }: { readonly keeps: boolean },
): Promise<SizeMark | 'unknown' | 'too few'> {
  const table = logTable(await size());
  if (table === undefined) return 'unknown';
  const { now } = await book.state();
  const counts = await reader.keyCounts(signal);
  const rows = counts.reduce((sum, { count }) => sum + count, 0);
  const measured = { bytes: table.dataBytes + table.indexBytes, rows, now };
  const mark = markOf(measured, await book.sizeMark());
  if (mark === undefined) return 'too few';
  if (keeps) await book.markSize(mark);
  return mark;
}

/** What the last rule would delete now; `goneRows`: if so many rows had gone already. */
export async function planSize(
  {
    reader,
    maxBytes,
    signal,
    goneRows = 0,
  }: Pick<SizeParts, 'reader' | 'maxBytes' | 'signal'> & { readonly goneRows?: number },
  mark: SizeMark | 'unknown' | 'too few',
  { now, holds }: Pick<RetentionState, 'now' | 'holds'>,
): Promise<SizePlan> {
  if (typeof mark === 'string') return { kind: mark };
  const counts = await reader.keyCounts(signal);
  const rows = counts.reduce((sum, { count }) => sum + count, 0) - goneRows;
  const excess = excessOf(rows, mark, maxBytes);
  if (excess.rows === 0) return { kind: 'fits', excess, mark };
  const to = floorOf(now);
  const cut =
    to === undefined
      ? undefined
      : await cutOldest(reader, { rows: excess.rows + goneRows, to, holds }, signal);
  return { kind: 'exceeds', excess, mark, cut };
}

/**
 * The last rule: where the table of entries is larger than the limit, its oldest hours go, but for what is held and
 * what is younger than an hour. `mark` is what `measure` said before any rule deleted. Ends once there are other
 * holds; whatever ends it, the next goes on from what is committed. Rejects with `LmsError`.
 */
export async function runSizeRule(
  parts: SizeParts,
  mark: SizeMark | 'unknown' | 'too few',
): Promise<SizeRun> {
  const state = await parts.book.state();
  const plan = await planSize(parts, mark, state);
  if (plan.kind !== 'exceeds' || plan.cut === undefined) return { plan, deleted: 0, end: 'done' };
  return { plan, ...(await deleteBefore(plan.cut.cutoff, parts, state)) };
}

async function deleteBefore(
  cutoff: string,
  parts: SizeParts,
  { now, holds }: RetentionState,
): Promise<Pick<SizeRun, 'deleted' | 'end'>> {
  const { reader, deleter, lease, signal, clock, book } = parts;
  const pacer = new Pacer(parts);
  const pieceParts: PieceParts = {
    ...{ reader, deleter, signal, holds, now },
    on: { lease, rule: SIZE_RULE, basis: basisOf(undefined, { holds }), signal },
    account: undefined,
    rows: () => pacer.rows,
    found: () => undefined,
  };
  let deleted = 0;
  let beganAtMs = clock.now();
  let nextLookAtMs = beganAtMs + LOOK_MS;
  try {
    for await (const piece of deletePieces({ selection: { kind: 'all' }, cutoff }, pieceParts)) {
      deleted += piece.deleted;
      await pacer.done({ came: piece.rows, tookMs: clock.now() - beganAtMs });
      if (signal.aborted) return { deleted, end: 'stopped' };
      if (clock.now() >= nextLookAtMs) {
        if (!areSame((await book.state()).holds, holds)) return { deleted, end: 'holds changed' };
        nextLookAtMs = clock.now() + LOOK_MS;
      }
      beganAtMs = clock.now();
    }
  } catch (error) {
    if (!isOutdated(error)) throw error;
    return { deleted, end: 'holds changed' };
  }
  return { deleted, end: 'done' };
}
