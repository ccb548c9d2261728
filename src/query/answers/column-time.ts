import { formatInstant } from '../../logs/instant-text.ts';

/** A time as a column holds it in Unix milliseconds; what is finer is cut off. */
export function msOf(time: string): number {
  return Date.parse(`${time.slice(0, 23).replace(' ', 'T')}Z`);
}

/** The first whole second from now on, as a column holds it; undefined if no column could. */
export function columnNow(nowMs: number): string | undefined {
  return formatInstant({ seconds: Math.ceil(nowMs / 1_000), nanos: 0 }) ?? undefined;
}
