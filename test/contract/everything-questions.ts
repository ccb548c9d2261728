import { SEVERITIES } from '../../src/logs/severity.ts';
import type { GroupBy } from '../../src/query/answers/group-by.ts';
import type { Stretch } from '../../src/query/answers/ports.ts';
import { allOf, anyOf, EVERYTHING, type Filter } from '../../src/query/filter.ts';
import { equals } from './store-tag-questions.ts';
import { filterOf, FILTERS } from './words-rows.ts';

/** What is asked of rows, and how. */
export interface Asked {
  readonly filter: Filter;
  /** A filter that the counts alone decide. */
  readonly countable: Filter;
  readonly stretch: Stretch;
  readonly maxRows: number;
  readonly pieceRows: number;
  readonly by: GroupBy;
  readonly of: { readonly kind: 'service' | 'severity' } | { readonly kind: 'tag'; readonly name: string };
  readonly zone: string;
  readonly maxBuckets: number;
  readonly range: { readonly from: string; readonly to: string };
}

const ZONES = ['UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'Europe/Berlin', 'Pacific/Chatham'] as const;
const GROUPS: readonly GroupBy[] = [
  { kind: 'nothing' },
  { kind: 'severity' },
  { kind: 'service' },
  { kind: 'tag', name: 'list' },
  { kind: 'tag', name: 'user' },
];
const VALUES: readonly Asked['of'][] = [
  { kind: 'service' },
  { kind: 'severity' },
  { kind: 'tag', name: 'list' },
  { kind: 'tag', name: 'in.id' },
];

/** Questions that look random and are the same every time. */
export class Questions {
  readonly #random: (below: number) => number;

  constructor(random: (below: number) => number) {
    this.#random = random;
  }

  /** About rows of which so many were stored. */
  next(stored: number): Asked {
    const { from, to } = this.#range();
    const isOpen = this.#random(2) === 0;
    return {
      filter: this.#filter(stored),
      countable: this.#countable(),
      stretch: { order: this.#oneOf(['newest', 'oldest']), ...(isOpen ? {} : { from, to }) },
      maxRows: this.#oneOf([10_000, 10_000_000, 10_000_000]),
      pieceRows: this.#oneOf([15, 20_000]),
      by: this.#oneOf(GROUPS),
      of: this.#oneOf(VALUES),
      zone: this.#oneOf(ZONES),
      maxBuckets: this.#oneOf([2, 5, 30, 100]),
      range: { from, to },
    };
  }

  /** What few rows match, if any. */
  rare(stored: number): Filter {
    const n = this.#random(Math.max(1, stored));
    const both = allOf([equals('user', `u${n}`), equals('in.id', String(n))]);
    return this.#oneOf([equals('user', `u${n}`), equals('in.id', String(n)), both, filterOf(`n${n}`)]);
  }

  #filter(stored: number): Filter {
    const one = () =>
      this.#oneOf([this.rare(stored), this.rare(stored), this.#oneOf(FILTERS), this.#countable()]);
    const chosen = this.#random(8);
    if (chosen <= 1) return anyOf([one(), one()]);
    if (chosen === 2) return allOf([one(), { kind: 'not', of: one() }]);
    if (chosen === 3) return allOf([one(), this.#countable()]);
    if (chosen === 4) return allOf([one(), { kind: 'time', op: '>=', at: this.#range().from }]);
    return one();
  }

  #countable(): Filter {
    const text = `s${this.#random(4)}`;
    const service: Filter = { kind: 'column', column: 'service', test: { kind: 'equals', text } };
    const severity: Filter = { kind: 'severity', severities: [this.#oneOf(SEVERITIES), 'error'] };
    return this.#oneOf([
      EVERYTHING,
      service,
      severity,
      anyOf([service, severity]),
      allOf([service, severity]),
    ]);
  }

  /** Within the days of the rows or over them, seldom at a whole minute. */
  #range(): Asked['range'] {
    const start = Date.UTC(2025, 11, 31, 20) + this.#random(60 * 60) * 60_000 + this.#random(2) * 30_500;
    const end = start + 60_000 + this.#random(80 * 60) * 60_000 + this.#random(2) * 20_000;
    return { from: columnTime(start), to: columnTime(end) };
  }

  #oneOf<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    const one = list[this.#random(list.length)];
    if (one === undefined) throw new TypeError('nothing to choose from');
    return one;
  }
}

function columnTime(ms: number): string {
  const text = new Date(ms).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 23)}000`;
}
