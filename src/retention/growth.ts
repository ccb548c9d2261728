const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const HOURS_A_DAY = 24;

/** How many rows there are of each time, by the time of their events, as the counts have it. */
export interface CountedTimes {
  /** Of whole days (UTC): yesterday, the day before, and so on. */
  readonly days: readonly number[];
  /** Of the hours of today: the present one, the one before, and so on. */
  readonly hours: readonly number[];
  /** How much of the present hour is over, 0 to 1. */
  readonly hourShare: number;
}

/** By how much the number of rows grows. */
export interface Growth {
  /** Negative where they become fewer. */
  readonly rowsPerDay: number;
  /**
   * `observed`: by how much their number changed, which takes in what is deleted, and what comes late. `counted`: how
   * many there are of the last days; what is deleted of older ones is not taken off.
   */
  readonly basis: 'observed' | 'counted';
}

/**
 * Rows a day by the time of their events: over the whole days since logging began, in the midst of a day that is left
 * out; on a first day, at the pace of the hours since its first. 0 if there is none of these times; undefined if the
 * first came within the last hour.
 */
export function countedRowsPerDay({ days, hours, hourShare }: CountedTimes): number | undefined {
  const begunDays = lengthFromFirst(days);
  const wholeDays = begunDays > 1 && begunDays < days.length ? begunDays - 1 : begunDays;
  if (wholeDays > 0) return sum(days.slice(0, wholeDays)) / wholeDays;
  const begunHours = lengthFromFirst(hours);
  if (begunHours === 0) return 0;
  const overHours = begunHours - 1 + hourShare;
  return overHours < 1 ? undefined : (sum(hours) / overHours) * HOURS_A_DAY;
}

/** How the number of rows has changed while somebody looked. */
export class ObservedRows {
  /** Oldest first: one that is a week old, and those since. */
  readonly #looks: { readonly atMs: number; readonly rows: number }[] = [];

  /** There are so many now. `atMs` is of a clock that only goes on. */
  note(atMs: number, rows: number): void {
    this.#looks.push({ atMs, rows });
    while ((this.#looks[1]?.atMs ?? Infinity) <= atMs - WEEK_MS) this.#looks.shift();
  }

  /**
   * By how many rows a day their number has grown, over the last day or the last week, whichever is more: one great
   * deletion does not hide for a week that they grow again. Undefined before a day is over.
   */
  get perDay(): number | undefined {
    const rates = [DAY_MS, WEEK_MS].map((ms) => this.#rate(ms)).filter((rate) => rate !== undefined);
    return rates.length === 0 ? undefined : Math.max(...rates);
  }

  /** The same of the last hour, in rows a day: for a flood that does not wait for a day. */
  get perDayOfHour(): number | undefined {
    return this.#rate(HOUR_MS);
  }

  #rate(overMs: number): number | undefined {
    const last = this.#looks.at(-1);
    if (last === undefined) return undefined;
    const first = this.#looks.findLast(({ atMs }) => atMs <= last.atMs - overMs);
    return first && ((last.rows - first.rows) / (last.atMs - first.atMs)) * DAY_MS;
  }
}

/** What was observed, as soon as that says anything; before, what is counted. */
export function growthOf(counted: CountedTimes, observed: ObservedRows): Growth | undefined {
  const { perDay } = observed;
  if (perDay !== undefined) return { rowsPerDay: perDay, basis: 'observed' };
  const rowsPerDay = countedRowsPerDay(counted);
  return rowsPerDay === undefined ? undefined : { rowsPerDay, basis: 'counted' };
}

/** How many there are up to the last that is not 0: the newest comes first. */
function lengthFromFirst(counts: readonly number[]): number {
  return counts.findLastIndex((count) => count > 0) + 1;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
