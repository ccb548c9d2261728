const clocks = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, Intl.DateTimeFormat>();

/** The time of day of an entry in a zone, with milliseconds: `14:03:07.120`. */
export function clockTime(timestamp: string, zone: string): string {
  return formatted(clocks, zone, timestamp, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  });
}

/** The day of an entry in a zone, as a person says it: `Mon, 30 Nov 2026`. */
export function dayName(timestamp: string, zone: string): string {
  return formatted(days, zone, timestamp, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
}

/** Day and time of day to the minute, for places where no day stands beside it. */
export function dayAndMinute(timestamp: string, zone: string): string {
  return `${dayName(timestamp, zone)}, ${clockTime(timestamp, zone).slice(0, 5)}`;
}

/** Whether an entry is the first of its day, in a zone, after the one before it. */
export function isNewDay(timestamp: string, before: string | undefined, zone: string): boolean {
  if (before === undefined) return false;
  // Days begin with a minute in every zone: most lines need no calendar.
  if (timestamp.slice(0, 16) === before.slice(0, 16)) return false;
  return dayName(timestamp, zone) !== dayName(before, zone);
}

function formatted(
  known: Map<string, Intl.DateTimeFormat>,
  zone: string,
  timestamp: string,
  options: Intl.DateTimeFormatOptions,
): string {
  let format = known.get(zone);
  if (format === undefined) {
    format = formatOf(zone, options);
    known.set(zone, format);
  }
  return format.format(Date.parse(timestamp));
}

/** A zone that this browser does not know is shown as UTC; the server says that there is no such zone. */
function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
  }
}
