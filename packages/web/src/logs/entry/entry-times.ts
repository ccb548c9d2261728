/** How long after it happened an entry was stored; negative: its clock was ahead. In milliseconds. */
export function delayMs(timestamp: string, createdAt: string): number {
  // Dates have milliseconds; what is below cannot matter between two clocks.
  return Date.parse(createdAt) - Date.parse(timestamp);
}

/** A duration for a person: `1.2 s`, `3 min`. */
export function durationText(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1_000) return `${Math.round(size)} ms`;
  const [length, unit] = UNITS.findLast(([each]) => size >= each) ?? [1_000, 's'];
  const count = size / length;
  return `${count < 10 && unit === 's' ? count.toFixed(1) : String(Math.floor(count))} ${unit}`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [1_000, 's'],
  [60_000, 'min'],
  [3_600_000, 'h'],
  [86_400_000, 'days'],
];

/** A time of an entry in a zone, with its microseconds: `2026-11-30 18:16:32.301105 +01:00`. */
export function timeInZone(timestamp: string, zone: string): string {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(Date.parse(timestamp))
      .map(({ type, value }) => [type, value]),
  );
  const { year = '', month, day, hour, minute, second, timeZoneName = '' } = parts;
  const micros = /\.(\d+)/.exec(timestamp)?.[1] ?? '';
  const offset = timeZoneName.replace('GMT', '') || '+00:00';
  return `${year.padStart(4, '0')}-${month}-${day} ${hour}:${minute}:${second}.${micros} ${offset}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const options: Intl.DateTimeFormatOptions = {
    ...{
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    },
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  };
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone });
  } catch {
    // An address may name any zone; the server says that there is none.
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  }
  formats.set(zone, format);
  return format;
}
