import type { LogEntry } from '../logs/entry.ts';
import { SEVERITIES, type Severity } from '../logs/severity.ts';
import type { KeyCount, MinuteCount } from '../query/answers/ports.ts';
import { ROLLUP_LEVELS, type RollupGroup, type RollupLevel, type RollupWidth } from './rollups.ts';

/** One number for each severity, in the order of `SEVERITIES`. */
type PerSeverity = number[];
type PerService = Map<string, PerSeverity>;

const LENGTH_TO_MINUTE = 'YYYY-MM-DD HH:MM'.length;
/** What a start has behind the time of a width. */
const END_OF_START: Readonly<Record<RollupWidth, string>> = { 1: ':00', 60: ':00:00', 1440: ' 00:00:00' };
const SEVERITY_INDEX = new Map<Severity, number>(SEVERITIES.map((severity, index) => [severity, index]));

/**
 * Counts entries by minute, service and severity. The results are sorted by key, because upserts in different
 * orders deadlock. Fastest when the entries come in order of time.
 */
export class Counts {
  readonly #minutes = new Map<string, PerService>();
  #minute = '';
  #services: PerService = new Map();

  /** One entry, or so many of one minute, service and severity. */
  add(
    { timestamp, serviceName, severity }: Pick<LogEntry, 'timestamp' | 'serviceName' | 'severity'>,
    entries = 1,
  ): void {
    if (this.#minute === '' || !timestamp.startsWith(this.#minute)) this.#turnTo(timestamp);
    increase(this.#services, serviceName, SEVERITY_INDEX.get(severity) ?? 0, entries);
  }

  /** For `service_severity_minutes`. */
  byMinute(): MinuteCount[] {
    return [...this.#minutes]
      .toSorted(byName)
      .flatMap(([minute, services]) =>
        keyCounts(services).map((count) => ({ minute: `${minute}:00`, ...count })),
      );
  }

  /** For `lms_rollups`, sorted by key. Groups that count the same have the same list. */
  byRollup(): RollupGroup[] {
    const hours = merged(this.#minutes, 'YYYY-MM-DD HH'.length);
    const days = merged(hours, 'YYYY-MM-DD'.length);
    const { severities, keys, services } = ROLLUP_LEVELS;
    const lists = {
      [severities]: new Lists(overAll),
      [keys]: new Lists(),
      [services]: new Lists(overSeverities),
    };
    const groups = (
      times: ReadonlyMap<string, PerService>,
      width: RollupWidth,
      levels: readonly RollupLevel[],
    ) => {
      const sorted = [...times].toSorted(byName);
      return levels.flatMap((level) =>
        sorted.map(([time, counted]) => {
          return { width, level, start: `${time}${END_OF_START[width]}`, counts: lists[level].of(counted) };
        }),
      );
    };
    return [
      ...groups(this.#minutes, 1, [severities]),
      ...groups(hours, 60, [severities, keys, services]),
      ...groups(days, 1440, [severities, keys, services]),
    ];
  }

  /** How many there are in each minute. */
  rowsByMinute(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const { minute, count } of this.byMinute()) found.set(minute, (found.get(minute) ?? 0) + count);
    return found;
  }

  /** For `service_severity`. */
  byKey(): KeyCount[] {
    return keyCounts(merged(this.#minutes, 0).get('') ?? new Map<string, PerSeverity>());
  }

  #turnTo(timestamp: string): void {
    this.#minute = timestamp.slice(0, LENGTH_TO_MINUTE);
    const known = this.#minutes.get(this.#minute);
    this.#services = known ?? new Map<string, PerSeverity>();
    if (known === undefined) this.#minutes.set(this.#minute, this.#services);
  }
}

function increase(services: PerService, serviceName: string, index: number, by: number): void {
  let perSeverity = services.get(serviceName);
  if (perSeverity === undefined) {
    perSeverity = SEVERITIES.map(() => 0);
    services.set(serviceName, perSeverity);
  }
  perSeverity[index] = (perSeverity[index] ?? 0) + by;
}

function keyCounts(services: PerService): KeyCount[] {
  const counts: KeyCount[] = [];
  for (const [serviceName, perSeverity] of [...services].sort(byName)) {
    for (let index = 0; index < SEVERITIES.length; index += 1) {
      const severity = SEVERITIES[index];
      const count = perSeverity[index] ?? 0;
      if (severity !== undefined && count !== 0) counts.push({ serviceName, severity, count });
    }
  }
  return counts;
}

/** Adds up the counts of times that begin alike. */
function merged(times: ReadonlyMap<string, PerService>, length: number): ReadonlyMap<string, PerService> {
  const sums = new Map<string, PerService>();
  for (const [time, services] of times) {
    const start = time.slice(0, length);
    const sum = sums.get(start);
    // Shared until there is something to add: mostly a batch is of one hour.
    if (sum === undefined) sums.set(start, services);
    else sums.set(start, added(sum, services));
  }
  return sums;
}

function added(one: PerService, other: PerService): PerService {
  const sum: PerService = new Map([...one].map(([name, perSeverity]) => [name, [...perSeverity]]));
  for (const [serviceName, perSeverity] of other)
    perSeverity.forEach((count, index) => {
      increase(sum, serviceName, index, count);
    });
  return sum;
}

/** The counts of services as lists, the same one for the same services: an hour and its day mostly have the same. */
class Lists {
  readonly #known = new Map<PerService, readonly KeyCount[]>();
  readonly #summed: (services: PerService) => PerService;

  constructor(summed: (services: PerService) => PerService = (services) => services) {
    this.#summed = summed;
  }

  of(services: PerService): readonly KeyCount[] {
    let list = this.#known.get(services);
    if (list === undefined) {
      list = keyCounts(this.#summed(services));
      this.#known.set(services, list);
    }
    return list;
  }
}

/** Under the first severity, which is `ANY_SEVERITY`. */
function overSeverities(services: PerService): PerService {
  return new Map(
    [...services].map(([name, counts]) => [name, [counts.reduce((sum, count) => sum + count, 0)]]),
  );
}

function overAll(services: PerService): PerService {
  const sum = SEVERITIES.map(() => 0);
  for (const perSeverity of services.values())
    perSeverity.forEach((count, index) => {
      sum[index] = (sum[index] ?? 0) + count;
    });
  return new Map([['', sum]]);
}

/** By code units: which order does not matter, only that every writer has the same. */
function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
