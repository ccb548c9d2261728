import { readHistogram } from '../src/query/answers/histogram.ts';
import { type Means, readPage } from '../src/query/answers/page.ts';
import { isMistake } from '../src/query/mistake.ts';
import { parseFilter } from '../src/query/parse.ts';
import { openEntryReader } from '../src/store/open.ts';
import { settingsOf, SILENT } from './target.ts';

/** Lines of a page, as many as `lms logs` shows. */
const PAGE = 100;
/** Bars of a histogram, at most. */
const BARS = 60;

/** Asks a database questions as `lms logs` does, in this process. */
export class Questions implements AsyncDisposable {
  readonly #means: Means;

  private constructor(means: Means) {
    this.#means = means;
  }

  static async open(databaseUrl: string): Promise<Questions> {
    const settings = settingsOf(databaseUrl);
    const { queryTimeBudgetMs: maxMs, queryRowBudget: maxRows } = settings;
    return new Questions({
      reader: await openEntryReader(settings.database, { log: SILENT, connections: 2 }),
      budget: { maxMs, maxRows },
      now: () => performance.now(),
      signal: new AbortController().signal,
    });
  }

  /** The newest page of what an expression matches; resolves to its number of entries. */
  async newest(expression: string): Promise<number> {
    const filter = filterOf(expression);
    const { entries } = await readPage({ filter, stretch: { order: 'newest' }, limit: PAGE }, this.#means);
    return entries.length;
  }

  /** Bars by severity between two times as a column holds them; resolves to what they count. */
  async bars(expression: string, from: string, to: string): Promise<number> {
    const by = { kind: 'severity' } as const;
    const request = { filter: filterOf(expression), from, to, by, maxBuckets: BARS, zone: 'UTC' };
    const { buckets } = await readHistogram(request, this.#means);
    return buckets.flatMap(({ counts }) => [...counts.values()]).reduce((sum, count) => sum + count, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#means.reader.close();
  }
}

function filterOf(expression: string) {
  const filter = parseFilter(expression, { nowMs: Date.now(), zone: 'UTC' });
  if (isMistake(filter)) throw new Error(`${expression}: ${filter.message}`);
  return filter;
}
