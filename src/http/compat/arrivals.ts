import { randomBytes } from 'node:crypto';
import { formatInstant } from '../../logs/instant-text.ts';
import type { EntryKey } from '../../query/answers/ports.ts';
import type { RequestKey } from '../keyed.ts';

const MICROS_OF_MS = 1_000;
const MICROS_OF_SECOND = 1_000_000;
/** Microseconds since 1970 in hex, as many digits as the year 9999 needs. */
const DIGITS = 14;
const SUFFIX_UNITS = 16;

/**
 * Gives what comes its keys: no two are the same, in this process or another, and they sort as they came,
 * also where their events have the same time.
 */
export class Arrivals {
  /** Of this process, so that another one's of the same microsecond are others. */
  readonly #suffix = randomBytes(SUFFIX_UNITS / 2).toString('hex');
  #lastMicros = 0;

  /**
   * The key of what came now, in milliseconds since 1970, of an event that has a time of its own or not. What
   * comes with a `RequestKey` has the same one each time.
   */
  next(
    nowMs: number,
    { at, key }: { readonly at?: string | undefined; readonly key?: RequestKey | undefined },
  ): EntryKey {
    if (key !== undefined)
      return keyOf(microsOf(key.firstAt), key.key.slice(0, SUFFIX_UNITS), at ?? key.firstAt);
    this.#lastMicros = Math.max(this.#lastMicros + 1, nowMs * MICROS_OF_MS);
    return keyOf(this.#lastMicros, this.#suffix, at);
  }
}

function keyOf(micros: number, suffix: string, at: string | undefined): EntryKey {
  const eventId = `${micros.toString(16).padStart(DIGITS, '0')}-${suffix}`;
  return { timestamp: at ?? columnTime(micros), eventId };
}

function columnTime(micros: number): string {
  const seconds = Math.floor(micros / MICROS_OF_SECOND);
  const time = formatInstant({ seconds, nanos: (micros - seconds * MICROS_OF_SECOND) * 1_000 });
  if (time === null) throw new Error('the clock of this machine is outside the years 1000 to 9999');
  return time;
}

/** Of a time as a column holds it. */
function microsOf(time: string): number {
  return Date.parse(`${time.slice(0, 19).replace(' ', 'T')}Z`) * MICROS_OF_MS + Number(time.slice(20));
}
