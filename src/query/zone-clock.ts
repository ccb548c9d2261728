import { Temporal } from 'temporal-polyfill';

/** A time as the clock of a zone shows it. */
export interface ZoneTime {
  /** `YYYY-MM-DD HH:MM:SS.ffffff`. */
  readonly local: string;
  /** How far the clock is from UTC: `+01:00`. */
  readonly offset: string;
}

/** Minutes whose offset is remembered. */
const MAX_REMEMBERED = 10_000;

/** Shows times in a zone. */
export class ZoneClock {
  readonly zone: string;
  readonly #offsets = new Map<string, Temporal.ZonedDateTime>();

  /** A name that `isZone` knows. */
  constructor(zone: string) {
    this.zone = zone;
  }

  /** A time as a column holds it, in the zone. */
  at(time: string): ZoneTime {
    const { offset, offsetNanoseconds } = this.#minuteOf(time);
    const seconds = Date.parse(`${time.slice(0, 19).replace(' ', 'T')}Z`);
    const local = new Date(seconds + offsetNanoseconds / 1e6).toISOString().replace('T', ' ');
    return { local: `${local.slice(0, -'.000Z'.length)}${time.slice(19)}`, offset };
  }

  /** No zone changes its clock within a minute. */
  #minuteOf(time: string): Temporal.ZonedDateTime {
    const minute = time.slice(0, 16);
    let zoned = this.#offsets.get(minute);
    if (zoned === undefined) {
      zoned = Temporal.Instant.from(`${minute.replace(' ', 'T')}Z`).toZonedDateTimeISO(this.zone);
      if (this.#offsets.size >= MAX_REMEMBERED) this.#offsets.clear();
      this.#offsets.set(minute, zoned);
    }
    return zoned;
  }
}

/** The zone of the machine that this runs on: UTC where it has none that has a name. */
export function machineZone(): string {
  const zone = timeZoneOfProcess();
  return zone === undefined || zone === NO_ZONE ? 'UTC' : zone;
}

/** What a process with an empty TZ has. */
const NO_ZONE = 'Etc/Unknown';

/** Undefined, against its type, where TZ names no zone that there is. */
function timeZoneOfProcess(): string | undefined {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
