import type { TimeSpan } from './ladder.ts';

const DATE = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;

/** A moment as clocks in a zone show it: `2026-11-25` and `14:02:10`. */
export function clockOf(ms: number, timeZone: string): { readonly date: string; readonly time: string } {
  // Of all locales, Sweden's writes dates as logs do.
  const shown = new Intl.DateTimeFormat('sv', { ...DATE, ...CLOCK, timeZone }).format(ms);
  const [date = '', time = ''] = shown.split(' ');
  return { date, time };
}

/** A range as clocks in a zone show it, with dates where they are not today's, and `open` for ends that are open. */
export function spanText(
  { fromMs, toMs }: TimeSpan,
  {
    zone,
    nowMs,
    open,
  }: { readonly zone: string; readonly nowMs: number; readonly open: readonly [string, string] },
): string {
  const [from, to, today] = [fromMs, toMs, nowMs].map((ms) =>
    ms === undefined ? undefined : clockOf(ms, zone),
  );
  const isToday = [from, to].every((end) => end === undefined || end.date === today?.date);
  const first = from === undefined ? open[0] : isToday ? from.time : `${from.date} ${from.time}`;
  const isSameDay = from === undefined ? isToday : to?.date === from.date;
  const last = to === undefined ? open[1] : isSameDay ? to.time : `${to.date} ${to.time}`;
  return `${first} – ${last}`;
}

/** The zone to show times in: one that this browser does not know is the server's to refuse, or to know. */
export function zoneOr(name: string): string {
  return isKnownZone(name) ? name : 'UTC';
}

/** Whether this browser knows a zone of this name. */
export function isKnownZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('sv', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
