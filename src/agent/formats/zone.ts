/** A time zone: what an offset is to a time that says none. */
export interface Zone {
  /**
   * Unix seconds of a local time, which is given as the seconds that it would be in UTC. Of a time that came twice it
   * is the first; of one that was left out, what it would have been without the change.
   */
  toUnixSeconds(localSeconds: number): number;
}

/** Coordinated universal time. */
export const UTC: Zone = { toUnixSeconds: (localSeconds) => localSeconds };

const DAY_SECONDS = 86_400;
/** Offsets change at quarters of an hour, in local time and in UTC. */
const STEP_SECONDS = 900;
const MAX_REMEMBERED = 10_000;
/** Beyond this a Date is none. */
const MAX_DATE_SECONDS = 8_640_000_000_000;

/**
 * The zone of an IANA name such as `Europe/Berlin`, or of an offset such as `+02:00`. Undefined if there is none of
 * this name.
 */
export function zoneOf(name: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
  const offsets = new Map<number, number>();
  const offsetAt = (unixSeconds: number) => {
    const step = Math.floor(unixSeconds / STEP_SECONDS);
    let offset = offsets.get(step);
    if (offset === undefined) {
      if (offsets.size >= MAX_REMEMBERED) offsets.clear();
      offset = offsetOf(format, step * STEP_SECONDS);
      offsets.set(step, offset);
    }
    return offset;
  };
  return { toUnixSeconds: (localSeconds) => toUnixSeconds(localSeconds, offsetAt) };
}

function toUnixSeconds(localSeconds: number, offsetAt: (unixSeconds: number) => number): number {
  const before = offsetAt(localSeconds - DAY_SECONDS);
  const after = offsetAt(localSeconds + DAY_SECONDS);
  const early = localSeconds - before;
  if (before === after || offsetAt(early) === before) return early;
  const late = localSeconds - after;
  return offsetAt(late) === after ? late : early;
}

const LONG_OFFSET = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** Seconds east of UTC at a time. */
function offsetOf(format: Intl.DateTimeFormat, unixSeconds: number): number {
  const bounded = Math.max(-MAX_DATE_SECONDS, Math.min(MAX_DATE_SECONDS, unixSeconds));
  const name = format.formatToParts(bounded * 1_000).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = LONG_OFFSET.exec(name) ?? [];
  const size = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -size : size;
}
