import type { LogEntry } from '../logs/entry.ts';
import { SEVERITIES, type Severity } from '../logs/severity.ts';
import {
  END_OF_TIME,
  type KeyCount,
  type MinuteCount,
  type MinuteRange,
  type Minutes,
  type MinutesRequest,
  type RangeCount,
} from '../query/answers/ports.ts';
import { minuteOf, minutesLater, startOf } from '../query/answers/stretch.ts';
import type { Time } from '../query/answers/time-range.ts';
import { type ArchivedDay, countsOf } from './archive.ts';
import { isWithin } from './intervals.ts';
import type { PartManifest } from './manifest.ts';
import type { PartReading } from './part-reading.ts';

/** Counts what an archive holds: from the manifests as far as these tell, else row by row. */
export class ArchiveCounts {
  readonly #days: readonly ArchivedDay[];
  readonly #reading: PartReading;

  constructor(days: readonly ArchivedDay[], reading: PartReading) {
    this.#days = days;
    this.#reading = reading;
  }

  /** The time in which all lies, by whole minutes; null if there is nothing. */
  get extent(): Time | null {
    const editions = this.#days.flatMap((day) => day.editions);
    if (editions.length === 0) return null;
    const first = editions
      .map((each) => each.first.timestamp)
      .reduce((one, other) => (one < other ? one : other));
    const last = editions
      .map((each) => each.last.timestamp)
      .reduce((one, other) => (one > other ? one : other));
    const end = minutesLater(minuteOf(last), 1);
    return { from: startOf(minuteOf(first)), to: end === undefined ? END_OF_TIME : startOf(end) };
  }

  keyCounts(): readonly KeyCount[] {
    return countsOf({ editions: this.#days.flatMap((day) => day.editions) });
  }

  /** Of one day at a time. */
  async minutes(request: MinutesRequest, signal: AbortSignal): Promise<Minutes> {
    const [day] = this.#daysOf(request);
    if (day === undefined) return { counts: [], countsRead: 0 };
    const { from = '', to, services, severities } = request;
    const bounds = { ...(services && { services }), ...(severities && { severities }) };
    const sums = new Sums();
    const take = (entry: LogEntry) => {
      const minute = minuteOf(entry.timestamp);
      if (minute >= from && (to === undefined || minute < to) && isWithin(entry, bounds))
        sums.add(minute, entry, 1);
    };
    await this.#reading.read(partsOf(day), { take, restart: () => sums.clear() }, signal);
    const counts = sums.list((minute, each): MinuteCount => ({ minute, ...each }));
    const end = this.lastMinute(request);
    return {
      counts: request.order === 'newest' ? counts.reverse() : counts,
      ...(end !== undefined && { end }),
      countsRead: counts.length,
    };
  }

  /** The last minute of the first day, in its order, if there are others. */
  lastMinute(request: MinutesRequest): string | undefined {
    const [day, next] = this.#daysOf(request);
    if (day === undefined || next === undefined) return undefined;
    return request.order === 'newest' ? `${day.day} 00:00:00` : `${day.day} 23:59:00`;
  }

  async rangeCounts(ranges: readonly MinuteRange[], signal: AbortSignal): Promise<readonly RangeCount[]> {
    const sums = new Sums();
    const places = ranges.map(({ from, to }) => ({ from: startOf(from), to: startOf(to) }));
    for (const part of this.#days.flatMap(partsOf)) {
      const touched = [...places.entries()].filter(([, time]) => overlaps(part, time));
      const [only] = touched;
      if (only === undefined) continue;
      if (touched.length === 1 && contains(only[1], part)) {
        for (const each of part.counts) sums.add(String(only[0]), each, each.count);
        continue;
      }
      const own = new Sums();
      const take = (entry: LogEntry) => {
        for (const [place, { from, to }] of touched)
          if (entry.timestamp >= from && entry.timestamp < to) own.add(String(place), entry, 1);
      };
      await this.#reading.read([part], { take, restart: () => own.clear() }, signal);
      own.addTo(sums);
    }
    return sums.list((place, each): RangeCount => ({ range: Number(place), ...each }));
  }

  /** Those in which there may be something, in the order asked for. */
  #daysOf({ order, from, to, services, severities }: MinutesRequest): readonly ArchivedDay[] {
    const bounds = { ...(services && { services }), ...(severities && { severities }) };
    const days = this.#days.filter(
      ({ day, editions }) =>
        (from === undefined || `${day} 23:59:00` >= from) &&
        (to === undefined || `${day} 00:00:00` < to) &&
        editions.some(({ counts }) => counts.some((count) => isWithin(count, bounds))),
    );
    return order === 'newest' ? days.reverse() : days;
  }
}

function partsOf({ editions }: ArchivedDay): readonly PartManifest[] {
  return editions.flatMap((edition) => edition.parts);
}

function overlaps({ first, last }: PartManifest, { from, to }: Time): boolean {
  return last.timestamp >= from && first.timestamp < to;
}

function contains({ from, to }: Time, { first, last }: PartManifest): boolean {
  return first.timestamp >= from && last.timestamp < to;
}

/** Counts by a text, service and severity. */
class Sums {
  readonly #sums = new Map<string, Map<string, Map<Severity, number>>>();

  add(
    of: string,
    { serviceName, severity }: Pick<LogEntry, 'serviceName' | 'severity'>,
    count: number,
  ): void {
    const services = this.#sums.get(of) ?? new Map<string, Map<Severity, number>>();
    const severities = services.get(serviceName) ?? new Map<Severity, number>();
    this.#sums.set(
      of,
      services.set(serviceName, severities.set(severity, (severities.get(severity) ?? 0) + count)),
    );
  }

  addTo(others: Sums): void {
    for (const [of, each] of this.list((name, count) => [name, count] as const))
      others.add(of, each, each.count);
  }

  clear(): void {
    this.#sums.clear();
  }

  /** In the order of the texts. */
  list<T>(make: (of: string, count: KeyCount) => T): T[] {
    const inOrder = [...this.#sums].sort(([one], [other]) => (one < other ? -1 : 1));
    return inOrder.flatMap(([of, services]) =>
      [...services].flatMap(([serviceName, severities]) =>
        SEVERITIES.flatMap((severity) => {
          const count = severities.get(severity);
          return count === undefined ? [] : [make(of, { serviceName, severity, count })];
        }),
      ),
    );
  }
}
