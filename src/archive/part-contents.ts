import type { StoredEntry } from '../logs/entry.ts';
import { SEVERITIES, type Severity } from '../logs/severity.ts';
import type { EntryKey, KeyCount } from '../query/answers/ports.ts';
import type { Contents } from './manifest.ts';

/** What entries add up to. */
type Told = Pick<Contents, 'rows' | 'first' | 'last' | 'counts'>;

/** Whether a key comes before another, as the database orders them. */
export function isBefore(one: EntryKey, other: EntryKey): boolean {
  if (one.timestamp !== other.timestamp) return one.timestamp < other.timestamp;
  return one.eventId < other.eventId;
}

/** Whether two keys are the same. */
export function isSameKey(one: EntryKey, other: EntryKey): boolean {
  return one.timestamp === other.timestamp && one.eventId === other.eventId;
}

/** Adds up entries as a manifest tells of them, and sees whether they come in the order of their keys. */
export class Tally {
  #rows = 0;
  #first: EntryKey | undefined;
  #last: EntryKey | undefined;
  #inOrder = true;
  readonly #counts = new Map<string, Map<Severity, number>>();

  add(entries: readonly StoredEntry[]): void {
    for (const entry of entries) {
      if (this.#last !== undefined && !isBefore(this.#last, entry)) this.#inOrder = false;
      this.#first ??= keyOf(entry);
      this.#last = entry;
      const ofService = this.#counts.get(entry.serviceName) ?? new Map<Severity, number>();
      ofService.set(entry.severity, (ofService.get(entry.severity) ?? 0) + 1);
      this.#counts.set(entry.serviceName, ofService);
    }
    this.#rows += entries.length;
    if (this.#last !== undefined) this.#last = keyOf(this.#last);
  }

  /** Undefined if there were none, or out of order. */
  contents(): Told | undefined {
    if (this.#first === undefined || this.#last === undefined || !this.#inOrder) return undefined;
    return { rows: this.#rows, first: this.#first, last: this.#last, counts: this.#sorted() };
  }

  /** What of a manifest is not so; undefined if all is. */
  difference(told: Told): string | undefined {
    if (!this.#inOrder) return 'its entries are not in the order of their keys';
    const contents = this.contents();
    if (contents?.rows !== told.rows) return `it has ${this.#rows} rows, and its manifest says ${told.rows}`;
    if (!isSameKey(contents.first, told.first) || !isSameKey(contents.last, told.last))
      return 'its first and last key are not those of its manifest';
    const isSame = JSON.stringify(contents.counts) === JSON.stringify(told.counts);
    return isSame ? undefined : 'its counts by service and severity are not those of its manifest';
  }

  #sorted(): readonly KeyCount[] {
    const services = [...this.#counts].sort(([one], [other]) => (one < other ? -1 : 1));
    return services.flatMap(([serviceName, ofService]) =>
      SEVERITIES.flatMap((severity) => {
        const count = ofService.get(severity);
        return count === undefined ? [] : [{ serviceName, severity, count }];
      }),
    );
  }
}

/** The key alone: an entry that is kept for it would keep its payload. */
function keyOf({ timestamp, eventId }: EntryKey): EntryKey {
  return { timestamp, eventId };
}
