import { withoutTrailingZeros } from './digits.ts';
import { formatInstant } from './instant-text.ts';

/** A time that was read from a message. */
export interface TimeValue {
  /** As a column holds it, cut to microseconds. */
  readonly timestamp: string;
  /** The digits after the microseconds, without zeros at the end: empty if nothing was cut off. */
  readonly finer: string;
  /** Whether the message says which zone it means. One that does not is read as UTC. */
  readonly hasZone: boolean;
}

/**
 * Seconds, milliseconds, microseconds or nanoseconds since 1970 have at most so many digits; what has more is
 * of the next unit.
 */
const DIGITS_OF_SECONDS = 11;
const UNIT_DIGITS = 3;
const MAX_EPOCH_DIGITS = 20;
const EPOCH = /^(\d+)(?:\.(\d+))?$/;

/**
 * A number since 1970, in seconds, milliseconds, microseconds or nanoseconds, told apart by its size. Read by its
 * digits: as a number it would lose some. Null if it is none, or outside the years 1000 to 9999.
 */
export function epochTime(text: string): TimeValue | null {
  const [, whole = '', fraction = ''] = EPOCH.exec(text) ?? [];
  if (whole === '' || whole.length > MAX_EPOCH_DIGITS) return null;
  let unit = 0;
  while (whole.length > DIGITS_OF_SECONDS + unit) unit += UNIT_DIGITS;
  const at = whole.length - unit;
  const digits = (whole.slice(at) + fraction).padEnd(6, '0');
  const micros = Number(digits.slice(0, 6));
  const timestamp = formatInstant({ seconds: Number(whole.slice(0, at)), nanos: micros * 1_000 });
  return timestamp === null
    ? null
    : { timestamp, finer: withoutTrailingZeros(digits.slice(6)), hasZone: true };
}
