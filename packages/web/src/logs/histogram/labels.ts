import type { Histogram } from '../../state/histogram.ts';
import { zoneOr } from '../../state/question/time-text.ts';

type Unit = NonNullable<Histogram['width']>['unit'];

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const DAY = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
/** What a date begins with. */
const YEAR = 'YYYY-';
const SHOWN: Readonly<Record<Unit, Intl.DateTimeFormatOptions>> = {
  second: { ...CLOCK, second: '2-digit' },
  minute: CLOCK,
  hour: CLOCK,
  day: DAY,
  week: DAY,
  month: { year: 'numeric', month: '2-digit' },
  year: { year: 'numeric' },
};

/** Says when a bar begins, as exactly as bars of its width need: under it (`short`), or where it stands alone. */
export function barLabels(
  unit: Unit,
  timeZone: string,
): { short: (time: string) => string; full: (time: string) => string } {
  const full = writer({ ...DAY, ...SHOWN[unit] }, timeZone);
  return {
    short: unit === 'hour' ? (time) => full(time).slice(YEAR.length) : writer(SHOWN[unit], timeZone),
    full,
  };
}

/** What stands under bars at these times: the day, too, where it is not that of the label before. */
export function axisLabels(unit: Unit, timeZone: string, times: readonly string[]): readonly string[] {
  const { short } = barLabels(unit, timeZone);
  if (unit !== 'minute' && unit !== 'second') return times.map(short);
  const date = writer(DAY, timeZone);
  const day = (time: string) => date(time).slice(YEAR.length);
  const isOneDay = times.every((time) => day(time) === day(times[0] ?? time));
  return times.map((time, at) => {
    const isNew = !isOneDay && day(time) !== day(times[at - 1] ?? '');
    return isNew ? `${day(time)} ${short(time)}` : short(time);
  });
}

/** Of all locales, Sweden's writes dates as logs do. */
function writer(shown: Intl.DateTimeFormatOptions, timeZone: string): (time: string) => string {
  const format = new Intl.DateTimeFormat('sv', { ...shown, timeZone: zoneOr(timeZone) });
  return (time) => (time === '' ? '' : format.format(new Date(time)));
}

const NUMBER = new Intl.NumberFormat('en');

/** A count, as people write it. */
export function shownCount(count: number): string {
  return NUMBER.format(count);
}
