import type { Histogram } from '../../state/histogram.ts';
import { zoneOr } from '../../state/question/time-text.ts';

type Unit = NonNullable<Histogram['width']>['unit'];

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const DAY = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
const SHOWN: Readonly<Record<Unit, Intl.DateTimeFormatOptions>> = {
  second: { ...CLOCK, second: '2-digit' },
  minute: CLOCK,
  hour: { month: '2-digit', day: '2-digit', ...CLOCK },
  day: DAY,
  week: DAY,
  month: { year: 'numeric', month: '2-digit' },
  year: { year: 'numeric' },
};

/** Says when a bar begins, as exactly as bars of its width need: under it (`short`), or where it stands alone. */
export function barLabels(
  unit: Unit,
  zone: string,
): { short: (time: string) => string; full: (time: string) => string } {
  const timeZone = zoneOr(zone);
  // Of all locales, Sweden's writes dates as logs do.
  const short = new Intl.DateTimeFormat('sv', { ...SHOWN[unit], timeZone });
  const full = new Intl.DateTimeFormat('sv', { ...DAY, ...SHOWN[unit], timeZone });
  return { short: (time) => short.format(new Date(time)), full: (time) => full.format(new Date(time)) };
}

const NUMBER = new Intl.NumberFormat('en');

/** A count, as people write it. */
export function shownCount(count: number): string {
  return NUMBER.format(count);
}
