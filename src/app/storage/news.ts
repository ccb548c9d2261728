import type { Log } from '../../pipeline/ports.ts';
import { type Forecast, SOON_DAYS, urgencyOf, URGENT_DAYS } from '../../retention/forecast.ts';

const DAY_MS = 24 * 3_600_000;
const RANKS = { fine: 0, soon: 1, urgent: 2 } as const;

/** Says in the log how large the tables are: at the first look, once a day, and whenever it has become worse. */
export class StorageNews {
  readonly #log: Log;
  #told: { readonly atMs: number; readonly rank: number } | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** `nowMs` is of a clock that only goes on. */
  tell(found: Forecast, nowMs: number): void {
    const urgency = urgencyOf(found);
    const rank = RANKS[urgency];
    const told = this.#told;
    if (told !== undefined && nowMs - told.atMs < DAY_MS && rank <= told.rank) return;
    this.#told = { atMs: nowMs, rank };
    const fields = fieldsOf(found);
    if (urgency === 'fine') this.#log.info(fields, 'size of the tables');
    else this.#log.warn({ ...fields, todo: ADVICE }, urgency === 'soon' ? SOON : URGENT);
  }
}

const ADVICE =
  'make the disk larger, keep less (lms retain), or set RETENTION_MAX_BYTES; lms size shows the tables';
const SOON = `the disk of the database is full in less than ${SOON_DAYS} days, if it goes on like this`;
const URGENT = `the disk of the database is full in less than ${URGENT_DAYS} days, if it goes on like this`;

/** What is not known is left out. */
function fieldsOf({ rows, tables, usedBytes, freeBytes, growth, limits }: Forecast): object {
  return {
    rows,
    ...(tables.length > 0 && { bytes: usedBytes, freeBytes }),
    ...(growth && {
      rowsPerDay: Math.round(growth.rowsPerDay),
      growthIs: growth.isAtMost ? 'at most' : growth.basis,
    }),
    ...(growth?.bytesPerDay !== undefined && { bytesPerDay: Math.round(growth.bytesPerDay) }),
    ...daysLeftOf(limits),
  };
}

function daysLeftOf(limits: Forecast['limits']): object {
  const known = limits.filter(
    ({ daysLeft = Infinity, isAtLeast }) => Number.isFinite(daysLeft) && !isAtLeast,
  );
  const tenths = known.map(({ name, daysLeft = 0 }) => [name, Math.round(daysLeft * 10) / 10]);
  return known.length === 0 ? {} : { daysLeft: Object.fromEntries(tenths) as unknown };
}
