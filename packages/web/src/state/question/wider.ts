import { ageMs } from '../run-times.ts';

const AGES = ['15m', '1h', '6h', '1d', '7d', '30d'] as const;

/** The next longer age to look back to than from a moment to another; undefined: none but all time. */
export function widerAge(
  since: string | undefined,
  until: string | undefined,
  nowMs: number,
): string | undefined {
  const [from, to] = [Date.parse(since ?? ''), until === undefined ? nowMs : Date.parse(until)];
  if (Number.isNaN(from) || Number.isNaN(to)) return undefined;
  // From now on: what lay before the end of another day is not what one looked for, but it is among it.
  return AGES.find((age) => (ageMs(age) ?? 0) > nowMs - Math.min(from, to) + 1_000);
}
