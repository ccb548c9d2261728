import type { EntryKey, EntryReader, Minutes, Selection, Stretch } from './ports.ts';
import { minuteOf, minutesEarlier, minutesLater, placeBefore, startOf } from './stretch.ts';

/** Counts of a look: milliseconds. */
const MAX_COUNTS = 20_000;
/** A gap of fewer minutes is read over: to ask for what is behind it costs more. */
const SHORT_GAP_MINUTES = 5;

/** A part of a stretch. */
export interface BusyPart {
  /** Undefined: there are no more. */
  readonly stretch: (Stretch & { readonly end?: EntryKey | undefined }) | undefined;
  readonly rowsRead: number;
}

/**
 * Minutes that follow each other, but for short gaps. `from` belongs to them, `to` is behind them: undefined if
 * there is none behind them.
 */
interface Run {
  readonly from: string;
  readonly to: string | undefined;
}

/** Leaves out of a stretch the minutes in which there is no row of some services and severities. */
export class QuietMinutes {
  readonly #reader: EntryReader;
  readonly #selection: Selection;
  readonly #signal: AbortSignal;
  /** Of what was looked at, in order; those before `#next` are passed: there may be thousands. */
  #runs: readonly Run[] = [];
  #next = 0;
  /** Up to here it was looked at: everything, if null; nothing, if undefined. */
  #lookedTo: string | null | undefined;

  constructor(reader: EntryReader, selection: Selection, signal: AbortSignal) {
    this.#reader = reader;
    this.#selection = selection;
    this.#signal = signal;
  }

  /** The next part of the stretch in which there may be rows. */
  async busyPart(stretch: Stretch): Promise<BusyPart> {
    let rowsRead = 0;
    for (;;) {
      let run = this.#runs[this.#next];
      while (run !== undefined && !isAhead(run, stretch)) run = this.#runs[++this.#next];
      if (run !== undefined) return { stretch: partOf(stretch, run), rowsRead };
      if (this.#lookedTo === null) return { stretch: undefined, rowsRead };
      rowsRead += await this.#look(stretch);
    }
  }

  async #look(stretch: Stretch): Promise<number> {
    const { order, after, from, to } = stretch;
    const at = this.#lookedTo ?? (after && minuteOf(after.timestamp));
    const isNewest = order === 'newest';
    if (!isNewest && this.#isLastMinute()) {
      this.#lookedTo = null;
      return 0;
    }
    const upper = to === undefined ? undefined : minutesLater(minuteOf(to), 1);
    const lower = from === undefined ? undefined : minuteOf(from);
    const minutes = await this.#reader.minutes(
      {
        order,
        from: isNewest || at === undefined ? lower : this.#firstBehind(at),
        to: isNewest && at !== undefined ? this.#endBefore(at) : upper,
        ...this.#selection,
        maxCounts: MAX_COUNTS,
      },
      this.#signal,
    );
    this.#lookedTo = minutes.end ?? null;
    this.#runs = runsOf(minutes, isNewest);
    this.#next = 0;
    return minutes.countsRead;
  }

  /** Whether it was looked at all minutes that a column holds: without a beginning, a look would start anew. */
  #isLastMinute(): boolean {
    return typeof this.#lookedTo === 'string' && minutesLater(this.#lookedTo, 1) === undefined;
  }

  /** The first look begins with the minute that the stretch does, the others behind what was looked at. */
  #firstBehind(minute: string): string | undefined {
    return this.#lookedTo === undefined ? minute : minutesLater(minute, 1);
  }

  #endBefore(minute: string): string | undefined {
    return this.#lookedTo === undefined ? minutesLater(minute, 1) : minute;
  }
}

function runsOf({ counts }: Minutes, isNewest: boolean): readonly Run[] {
  const minutes = [...new Set(counts.filter(({ count }) => count > 0).map(({ minute }) => minute))];
  const runs: Run[] = [];
  for (const minute of minutes) {
    const last = runs.at(-1);
    const near = last !== undefined && isNear(last, minute, isNewest) ? runs.pop() : undefined;
    const to = minutesLater(minute, 1);
    runs.push(isNewest ? { from: minute, to: near ? near.to : to } : { from: near?.from ?? minute, to });
  }
  return runs;
}

function isNear({ from, to }: Run, minute: string, isNewest: boolean): boolean {
  if (isNewest) return minute >= minutesEarlier(from, SHORT_GAP_MINUTES);
  return to !== undefined && minute <= (minutesLater(to, SHORT_GAP_MINUTES) ?? minute);
}

/** Whether something of the run lies behind the position of the stretch. */
function isAhead({ from, to }: Run, { order, after }: Stretch): boolean {
  if (after === undefined) return true;
  if (order === 'newest') return isBefore(placeBefore(startOf(from)), after);
  return to === undefined || isBefore(after, placeBefore(startOf(to)));
}

function isBefore(one: EntryKey, other: EntryKey): boolean {
  if (one.timestamp !== other.timestamp) return one.timestamp < other.timestamp;
  return one.eventId < other.eventId;
}

function partOf(stretch: Stretch, run: Run): Stretch & { readonly end: EntryKey | undefined } {
  const from = startOf(run.from);
  const to = run.to === undefined ? undefined : startOf(run.to);
  const last = stretch.order === 'newest' ? from : to;
  return {
    ...stretch,
    from: stretch.from !== undefined && stretch.from > from ? stretch.from : from,
    to: to === undefined || (stretch.to !== undefined && stretch.to < to) ? stretch.to : to,
    end: last === undefined ? undefined : placeBefore(last),
  };
}
