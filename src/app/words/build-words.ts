import type { StoredEntry } from '../../logs/entry.ts';
import { pause } from '../../pipeline/clock.ts';
import type { Clock } from '../../pipeline/ports.ts';
import { retry } from '../../pipeline/retry.ts';
import { msOf } from '../../query/answers/column-time.ts';
import type { EntryKey, EntryReader, Piece, Stretch } from '../../query/answers/ports.ts';
import { minuteOf, minutesEarlier, minutesLater, startOf } from '../../query/answers/stretch.ts';
import { EVERYTHING } from '../../query/filter.ts';
import { type Block, BlockBuilder } from '../../query/words/block-builder.ts';
import { BLOCK_WORDS } from '../../query/words/word-filter.ts';
import type { WordsUpkeep } from '../../store/words/upkeep.ts';

/** Minutes are indexed once they are so old: what comes later has its minute looked at row by row. */
const SETTLED_MINUTES = 10;
/** Rows that are read at once, of at most 32 MB. */
const ROWS_AT_ONCE = 4_000;
/** Minutes that are announced at once. */
const MINUTES_AT_ONCE = 240;
/** Of a day with so many rows in minutes that are not trusted, their hours are indexed anew. */
const LATE_ROWS = 10_000;
/** Between two looks whether it is to end. */
const MAX_REST_MS = 1_000;
const BACKOFF = { baseMs: 100, capMs: 3_000 };
const RETRY_TOTAL_MS = 60_000;

/** What building the index takes. */
export interface BuildParts {
  readonly upkeep: WordsUpkeep;
  /** Of the same connection as the index: it has to see what that has committed. */
  readonly reader: EntryReader;
  readonly clock: Clock;
  /** Share of the time that it works, above 0, at most 1: it rests between. */
  readonly share: number;
  /** Aborted, it ends after the piece at hand. */
  readonly signal: AbortSignal;
  /** Whether the same may pass later. */
  readonly isTransient: (error: unknown) => boolean;
  /** Told how far it has come. */
  readonly watch?: (progress: BuildProgress) => void;
  /** Other than usual. */
  readonly sizes?: Partial<BuildSizes>;
}

/** How much at once, and when. */
export interface BuildSizes {
  /** Words of a block. */
  readonly blockWords: number;
  readonly settledMinutes: number;
  readonly lateRows: number;
  readonly rowsAtOnce: number;
}

/** How far the index has come. */
export interface BuildProgress {
  /** What was stored before this time is indexed, but for rows that make no block yet, and late ones. */
  readonly at: string;
  /** By how much the minutes that have settled are ahead of that. */
  readonly lagMs: number;
  /** Rows that were read and blocks that were made since it began. */
  readonly rows: number;
  readonly blocks: number;
}

/**
 * Brings the index of words up to the minutes that have settled; then indexes anew where many late rows came,
 * and removes what has outlived its rows. Whatever ends it, the next goes on from what is committed.
 */
export async function buildWords(parts: BuildParts): Promise<BuildProgress | undefined> {
  const build = new Build(parts);
  // Never a transaction alone: its commit may have come to pass. What is there says where to go on.
  await retry(() => build.run(), {
    backoff: BACKOFF,
    totalMs: RETRY_TOTAL_MS,
    isTransient: (error) => !parts.signal.aborted && parts.isTransient(error),
  });
  return build.progress;
}

class Build {
  readonly #parts: BuildParts;
  readonly #sizes: BuildSizes;
  #progress: BuildProgress | undefined;
  #rows = 0;
  #blocks = 0;

  constructor(parts: BuildParts) {
    this.#parts = parts;
    this.#sizes = {
      blockWords: parts.sizes?.blockWords ?? BLOCK_WORDS,
      settledMinutes: parts.sizes?.settledMinutes ?? SETTLED_MINUTES,
      lateRows: parts.sizes?.lateRows ?? LATE_ROWS,
      rowsAtOnce: parts.sizes?.rowsAtOnce ?? ROWS_AT_ONCE,
    };
  }

  get progress(): BuildProgress | undefined {
    return this.#progress;
  }

  async run(): Promise<void> {
    const { upkeep } = this.#parts;
    const { front, now } = await upkeep.state();
    const to = startOf(minutesEarlier(minuteOf(now), this.#sizes.settledMinutes));
    await this.#packAll();
    await this.#cover(
      { after: front, to },
      { keptUpTo: front && minuteOf(front.timestamp), isClosed: false },
    );
    if (this.#isStopped) return;
    await upkeep.removeOutlived();
    const { front: reached } = await upkeep.state();
    if (reached !== undefined) await this.#coverLate(reached);
  }

  get #isStopped(): boolean {
    return this.#parts.signal.aborted;
  }

  async #coverLate(front: EntryKey): Promise<void> {
    for (const { from, to } of await this.#parts.upkeep.lateHours(front, this.#sizes.lateRows)) {
      if (this.#isStopped) return;
      await this.#cover({ from: startOf(from), to: startOf(to) }, { keptUpTo: undefined, isClosed: true });
    }
  }

  /**
   * Makes blocks of the rows of a range. Of the minutes up to `keptUpTo` earlier blocks saw what is before it.
   * Its last rows are left without a block, for more come behind them, unless it is closed.
   */
  async #cover(
    range: Range,
    { keptUpTo, isClosed }: { readonly keptUpTo: string | undefined; readonly isClosed: boolean },
  ): Promise<void> {
    const pass = new Pass(this.#parts, this.#sizes, range, keptUpTo);
    while (!this.#isStopped && !pass.isOver) {
      const beganMs = this.#parts.clock.now();
      const { rows, blocks } = await pass.step();
      this.#rows += rows;
      await this.#add(blocks);
      if (!isClosed) this.#tell(pass.position, range.to);
      await this.#rest(this.#parts.clock.now() - beganMs);
    }
    const last = isClosed && !this.#isStopped ? pass.end() : undefined;
    if (last !== undefined) await this.#add([last]);
  }

  async #add(blocks: readonly Block[]): Promise<void> {
    if (blocks.length === 0) return;
    await this.#parts.upkeep.addBlocks(blocks);
    this.#blocks += blocks.length;
    await this.#packAll();
  }

  async #packAll(): Promise<void> {
    while (!this.#isStopped && (await this.#parts.upkeep.pack()));
  }

  #tell(at: string, to: string): void {
    const lagMs = Math.max(0, msOf(to) - msOf(at));
    this.#progress = { at, lagMs, rows: this.#rows, blocks: this.#blocks };
    this.#parts.watch?.(this.#progress);
  }

  /** In parts, so that a stop need not wait. */
  async #rest(workedMs: number): Promise<void> {
    const { share, clock, signal } = this.#parts;
    const rest = Math.max(0, workedMs * (1 / share - 1));
    for (let left = rest; left >= 1 && !this.#isStopped; left -= MAX_REST_MS)
      await pause(clock, Math.min(left, MAX_REST_MS), signal).catch(() => undefined);
  }
}

/** Rows of a time, behind one of them. */
type Range = Pick<Stretch, 'after' | 'from'> & { readonly to: string };

/** Goes once through the rows of a range. */
class Pass {
  readonly #parts: BuildParts;
  readonly #sizes: BuildSizes;
  readonly #builder: BlockBuilder;
  readonly #keptUpTo: string | undefined;
  readonly #to: string;
  readonly #announced = new Set<string>();
  #left: Range;
  /** Up to here minutes were looked for and announced. */
  #announcedTo: string;
  /** The rows behind those that were read, where they are being read already. */
  #ahead: Promise<Piece> | undefined;
  #isOver = false;

  constructor(parts: BuildParts, sizes: BuildSizes, range: Range, keptUpTo: string | undefined) {
    this.#parts = parts;
    this.#sizes = sizes;
    this.#builder = new BlockBuilder(sizes.blockWords);
    this.#keptUpTo = keptUpTo;
    this.#left = range;
    this.#to = range.to;
    this.#announcedTo = minuteOf(range.after?.timestamp ?? range.from ?? FIRST);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** All before it was read. */
  get position(): string {
    return this.#isOver ? this.#to : (this.#left.after?.timestamp ?? this.#left.from ?? FIRST);
  }

  /** The block that was begun. */
  end(): Block | undefined {
    return this.#builder.end();
  }

  /** Reads the next rows; resolves to the blocks that end among them. */
  async step(): Promise<{ readonly rows: number; readonly blocks: readonly Block[] }> {
    if (this.#isPassed && !(await this.#announceNext())) {
      this.#isOver = true;
      return { rows: 0, blocks: [] };
    }
    const piece = await (this.#ahead ?? this.#read());
    this.#ahead = undefined;
    const unknown = piece.entries.findIndex(({ timestamp }) => !this.#announced.has(minuteOf(timestamp)));
    const entries = unknown === -1 ? piece.entries : piece.entries.slice(0, unknown);
    await this.#moveOn(entries.at(-1), piece.end, piece.entries[unknown]);
    if (!this.#isPassed) this.#readAhead();
    const blocks = entries.map((entry) => this.#builder.add(entry)).filter((block) => block !== undefined);
    return { rows: entries.length, blocks };
  }

  /** The database reads while words are looked for. Rows of minutes that are announced: later is no better. */
  #readAhead(): void {
    this.#ahead = this.#read();
    // Whoever waits for it is told, if somebody still does.
    this.#ahead.catch(() => undefined);
  }

  #read(): Promise<Piece> {
    const { reader, signal } = this.#parts;
    const stretch: Stretch = { ...this.#left, order: 'oldest', to: startOf(this.#announcedTo) };
    return reader.piece(
      { stretch, path: { kind: 'key' }, filter: EVERYTHING, maxEntries: this.#sizes.rowsAtOnce },
      signal,
    );
  }

  /** A row that came in a minute that had none is read again, once its minute is announced. */
  async #moveOn(
    last: StoredEntry | undefined,
    end: EntryKey | undefined,
    unknown: StoredEntry | undefined,
  ): Promise<void> {
    if (unknown !== undefined) await this.#announce([minuteOf(unknown.timestamp)]);
    const after = unknown === undefined ? end : last;
    if (after !== undefined)
      this.#left = { ...this.#left, after: { timestamp: after.timestamp, eventId: after.eventId } };
    else if (unknown === undefined) this.#left = { from: startOf(this.#announcedTo), to: this.#to };
  }

  /** Whether all rows of the minutes that were announced are read. */
  get #isPassed(): boolean {
    const { after, from } = this.#left;
    return this.#announced.size === 0 || (after === undefined && (from ?? '') >= startOf(this.#announcedTo));
  }

  /** Resolves to whether there are any more minutes. */
  async #announceNext(): Promise<boolean> {
    const to = this.#to.slice(0, 19);
    const minutes = await this.#parts.upkeep.minutes({ from: this.#announcedTo, to }, MINUTES_AT_ONCE);
    const last = minutes.at(-1);
    if (last === undefined) return false;
    await this.#announce(minutes);
    this.#announcedTo = minutesLater(last, 1) ?? to;
    return true;
  }

  async #announce(minutes: readonly string[]): Promise<void> {
    await this.#parts.upkeep.announce(minutes, this.#keptUpTo);
    for (const minute of minutes) this.#announced.add(minute);
  }
}

const FIRST = '1000-01-01 00:00:00.000000';
