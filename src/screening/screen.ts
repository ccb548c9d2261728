import type { Decoded } from '../logs/decode.ts';
import type { LogEntry } from '../logs/entry.ts';
import { isRejection, type Rejection } from '../logs/rejection.ts';
import { DISCARDED, type Discarded, type Screened, type ScreenedEntry } from '../pipeline/screened.ts';
import type { ScreeningCounts } from '../pipeline/status.ts';
import type { Filter } from '../query/filter.ts';
import { matches, type Predicate } from '../query/predicate.ts';
import { Redactor } from './redactor.ts';
import type { RedactionRule } from './rules.ts';

/** What entries go through before anybody keeps or shows them; undefined: they are kept as they come. */
export interface ScreeningSettings {
  /** Entries that it matches, as they came, are not kept. */
  readonly discard: Filter | undefined;
  /** What is replaced in the others. */
  readonly redact: readonly RedactionRule[] | undefined;
}

/** Services that are counted one by one: names come from whoever publishes. */
const MAX_SERVICES = 100;
/** What the others are counted as: no service is called so, for it begins with a space. */
const OTHER_SERVICES = ' others';

/** What the settings ask for; undefined if that is nothing, so that it costs nothing. */
export function screenOf({ discard, redact }: ScreeningSettings): Screen | undefined {
  return discard === undefined && redact === undefined ? undefined : new Screen({ discard, redact });
}

/** Discards entries, and redacts the others. The same entry always becomes the same. */
export class Screen implements ScreeningCounts {
  redactedEntries = 0;
  readonly redactions = new Map<string, number>();
  readonly discardedByService = new Map<string, number>();
  readonly #isDiscarded: Predicate | undefined;
  readonly #redactor: Redactor | undefined;

  constructor({ discard, redact }: ScreeningSettings) {
    this.#isDiscarded = discard && matches(discard);
    for (const { name } of redact ?? []) this.redactions.set(name, 0);
    this.#redactor =
      redact &&
      new Redactor(redact, (number) => {
        const name = redact[number]?.name ?? '';
        this.redactions.set(name, (this.redactions.get(name) ?? 0) + 1);
      });
  }

  /** All that a message stands for. */
  decoded(decoded: Decoded): Screened {
    if ('length' in decoded) return decoded.map((each) => this.#one(each));
    return this.#one(decoded);
  }

  /** An entry as it may be kept and shown. Payload and tags may be others, its key and its service are not. */
  entry(entry: LogEntry): LogEntry | Discarded {
    if (this.#isDiscarded?.(entry) === true) {
      this.#countDiscarded(entry.serviceName);
      return DISCARDED;
    }
    return this.#redactor === undefined ? entry : this.#redacted(entry, this.#redactor);
  }

  /** Any text of a message as it may be shown. */
  text(text: string): string {
    return this.#redactor === undefined ? text : this.#redactor.text(text);
  }

  #one(decoded: LogEntry | Rejection): ScreenedEntry {
    if (!isRejection(decoded)) return this.entry(decoded);
    // It may quote the beginning of a value.
    const reason = this.text(decoded.reason);
    return reason === decoded.reason ? decoded : { ...decoded, reason };
  }

  #redacted(entry: LogEntry, redactor: Redactor): LogEntry {
    const payload = redactor.text(entry.payload);
    const tags = entry.tags === null ? null : redactor.json(entry.tags);
    if (payload === entry.payload && tags === entry.tags) return entry;
    this.redactedEntries += 1;
    return { ...entry, payload, tags };
  }

  #countDiscarded(service: string): void {
    const isKnown = this.discardedByService.has(service) || this.discardedByService.size < MAX_SERVICES;
    const name = isKnown ? service : OTHER_SERVICES;
    this.discardedByService.set(name, (this.discardedByService.get(name) ?? 0) + 1);
  }
}
