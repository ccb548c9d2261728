import type { EntryKey } from '../../query/answers/ports.ts';
import type { Filter } from '../../query/filter.ts';
import type { Predicate } from '../../query/predicate.ts';
import { type Row, severity, text, textOrNull, time } from '../rows.ts';
import type { CountedKey } from './counted-key.ts';

/** The columns with texts that a filter asks for: who reads them for it leaves the others out. */
export function textColumnsOf(filter: Filter): readonly ('payload' | 'tags')[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [...new Set(filter.of.flatMap(textColumnsOf))];
    case 'not':
      return textColumnsOf(filter.of);
    case 'term':
    case 'substring':
      return ['payload'];
    case 'column':
      return filter.column === 'payload' ? ['payload'] : [];
    case 'tag':
      return ['tags'];
    case 'everything':
    case 'severity':
    case 'time':
      return [];
  }
}

/** Rows that follow each other in the order of their keys, and which of them a filter matches. */
export class LookedAt {
  readonly matching: CountedKey[] = [];
  /** The ids of the others. */
  readonly others: string[] = [];
  readonly #matches: Predicate;
  #last: EntryKey | undefined;
  #bytes = 0;

  constructor(isMatch: Predicate) {
    this.#matches = isMatch;
  }

  /** Takes the next one: its `key_time`, `key_id`, `service_name`, `severity`, and the texts that were asked for. */
  take(row: Row): void {
    const key = {
      timestamp: time(row, 'key_time'),
      eventId: text(row, 'key_id'),
      serviceName: text(row, 'service_name'),
      severity: severity(row, 'severity'),
    };
    const payload = row['payload'] === undefined ? '' : text(row, 'payload');
    const tags = row['tags'] === undefined ? null : textOrNull(row, 'tags');
    this.#last = key;
    this.#bytes += payload.length + (tags?.length ?? 0);
    if (this.#matches({ ...key, payload, tags })) this.matching.push(key);
    else this.others.push(key.eventId);
  }

  get last(): EntryKey | undefined {
    return this.#last;
  }

  get rows(): number {
    return this.matching.length + this.others.length;
  }

  /** About as many as were read. */
  get bytes(): number {
    return this.#bytes;
  }
}
