import { type Mistake, mistake } from '../query/mistake.ts';

/** How long entries are kept, in hours; undefined: for ever. */
export type AgeHours = number | undefined;

const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, w: 7 * 24, y: 365 * 24 };
const AGE = /^(?:\d{1,6}[hdwy]){1,4}$/;
const AGE_PART = /(\d+)([hdwy])/g;
/** A thousand years: the cutoff of an age is a time that a column holds. */
const MAX_HOURS = 1_000 * 365 * 24;

const EXPECTED = 'an age: `12h`, `3d`, `2w`, `1y`, or `forever`';

/**
 * An age as a person writes it: hours, days of 24 hours, weeks, years of 365 days, or `forever`. No minutes: `m`
 * is taken for months by some.
 */
export function parseAge(text: string): { readonly hours: AgeHours } | Mistake {
  if (text === 'forever') return { hours: undefined };
  if (!AGE.test(text)) return mistake(`\`${text}\` is no age.`, 0, text.length, EXPECTED);
  let hours = 0;
  for (const [, count, unit = ''] of text.matchAll(AGE_PART)) hours += Number(count) * (HOURS[unit] ?? 0);
  if (hours === 0)
    return mistake(
      'An age of nothing would delete everything as it comes.',
      0,
      text.length,
      'an hour at least; `lms delete` deletes now what is there',
    );
  return hours <= MAX_HOURS
    ? { hours }
    : mistake('No entry becomes so old.', 0, text.length, 'at most 1000y, or `forever`');
}

/** An age as it is read again, in days where it is whole days. */
export function printAge(hours: AgeHours): string {
  if (hours === undefined) return 'forever';
  return hours % 24 === 0 ? `${String(hours / 24)}d` : `${String(hours)}h`;
}
