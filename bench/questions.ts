import type { Budget } from '../src/query/answers/budget.ts';
import { type Histogram, readHistogram } from '../src/query/answers/histogram.ts';
import { type Means, type Page, readPage } from '../src/query/answers/page.ts';
import type { Stretch } from '../src/query/answers/ports.ts';
import { isMistake } from '../src/query/mistake.ts';
import { parseFilter } from '../src/query/parse.ts';
import { openEntryReader } from '../src/store/open.ts';
import { settingsOf, SILENT } from './target.ts';

/** Lines of a page, as many as `lms logs` shows. */
const PAGE = 100;
/** Bars of a histogram, at most. */
const BARS = 60;
const NEWEST: Stretch = { order: 'newest' };

/** Which bars are asked for, beside what they count and when: by severity, in UTC, if nothing is said. */
export interface Bars {
  readonly by?: 'severity' | 'service';
  readonly zone?: string;
  readonly most?: number;
}

/** Asks a database questions as `lms logs` does, in this process. */
export class Questions implements AsyncDisposable {
  readonly #means: Means;

  private constructor(means: Means) {
    this.#means = means;
  }

  /** With the usual budget if none is given. */
  static async open(databaseUrl: string, budget?: Budget): Promise<Questions> {
    const settings = settingsOf(databaseUrl);
    const { queryTimeBudgetMs: maxMs, queryRowBudget: maxRows } = settings;
    return new Questions({
      reader: await openEntryReader(settings.database, { log: SILENT, connections: 2 }),
      budget: budget ?? { maxMs, maxRows },
      now: () => performance.now(),
      signal: new AbortController().signal,
    });
  }

  /** A page of what an expression matches, the newest first, from the end or from where another one ended. */
  page(expression: string, limit = PAGE, stretch = NEWEST): Promise<Page> {
    return readPage({ filter: filterOf(expression), stretch, limit }, this.#means);
  }

  /** The newest page of what an expression matches; resolves to its number of entries. */
  async newest(expression: string): Promise<number> {
    return (await this.page(expression)).entries.length;
  }

  /** Bars between two times as a column holds them. */
  histogram(
    expression: string,
    from: string,
    to: string,
    { by = 'severity', zone = 'UTC', most = BARS }: Bars = {},
  ): Promise<Histogram> {
    const request = { filter: filterOf(expression), from, to, by: { kind: by }, maxBuckets: most, zone };
    return readHistogram(request, this.#means);
  }

  /** Bars by severity between two times as a column holds them; resolves to what they count. */
  async bars(expression: string, from: string, to: string): Promise<number> {
    return countedIn(await this.histogram(expression, from, to));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#means.reader.close();
  }
}

/** What all bars count. */
export function countedIn({ buckets }: Histogram): number {
  return buckets.flatMap(({ counts }) => [...counts.values()]).reduce((sum, count) => sum + count, 0);
}

function filterOf(expression: string) {
  const filter = parseFilter(expression, { nowMs: Date.now(), zone: 'UTC' });
  if (isMistake(filter)) throw new Error(`${expression}: ${filter.message}`);
  return filter;
}
