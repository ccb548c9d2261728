import type { LogEntry } from '../../src/logs/entry.ts';
import { matches } from '../../src/query/predicate.ts';
import { printRules, requireRules } from '../../src/retention/rules.ts';
import { type RetentionParts, type RetentionRun, runRetention } from '../../src/retention/run.ts';
import { FakeClock } from './fake-clock.ts';
import { MemoryDatabase } from './memory-database.ts';
import { columnTime, MemoryRetentionBook } from './memory-retention-book.ts';

/** When a ground begins. */
export const NOW_MS = Date.UTC(2026, 10, 30, 12, 0, 30);
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Rules and rows in memory, and runs over them: no time passes but as a test has it pass. */
export class RetentionGround {
  readonly clock = new FakeClock();
  readonly book = new MemoryRetentionBook(NOW_MS);
  readonly database = new MemoryDatabase(this.book);
  #ids = 0;

  /** A row so many hours old. */
  row(hours: number, changes: Partial<LogEntry> = {}): LogEntry {
    this.#ids += 1;
    return {
      timestamp: columnTime(this.book.nowMs - hours * HOUR_MS),
      eventId: `e${String(this.#ids).padStart(6, '0')}`,
      serviceName: 'alpha',
      severity: 'info',
      payload: 'Hello',
      tags: null,
      ...changes,
    };
  }

  async apply(text: string): Promise<void> {
    await this.book.apply(printRules(requireRules(text, 'rules')), { by: 'a test' });
  }

  /** A run from beginning to end; time passes as it is waited for. */
  async run(changes: Partial<RetentionParts> = {}): Promise<RetentionRun> {
    const { book, database, clock } = this;
    const running = runRetention({
      book,
      reader: database.reader,
      deleter: database,
      clock,
      ownNowMs: () => book.nowMs,
      share: 1,
      signal: new AbortController().signal,
      ...changes,
    });
    const waiting = new AbortController();
    const over = running.finally(() => {
      waiting.abort();
    });
    over.catch(() => undefined);
    while (!waiting.signal.aborted) await clock.advance(100);
    return over;
  }

  /** The payloads of what is left, in order. */
  left(): string[] {
    return [...this.database.rows.values()].map(({ payload }) => payload).sort();
  }
}

/** What rules leave of rows as of a time, said as simply as possible. */
export function keptBy(
  text: string,
  rows: readonly LogEntry[],
  nowMs: number,
  held: readonly (readonly [string, string])[] = [],
): readonly LogEntry[] {
  const rules = requireRules(text, 'rules').map(({ filter, hours }) => ({ isMatch: matches(filter), hours }));
  return rows.filter((one) => {
    const first = rules.find(({ isMatch }) => isMatch(one));
    if (first?.hours === undefined) return true;
    if (held.some(([from, to]) => one.timestamp >= from && one.timestamp < to)) return true;
    const minute = Math.floor((nowMs - first.hours * HOUR_MS) / 60_000) * 60_000;
    return one.timestamp >= columnTime(minute);
  });
}
