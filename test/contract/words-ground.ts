import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type BuildProgress, type BuildSizes, buildWords } from '../../src/app/words/build-words.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { systemClock } from '../../src/pipeline/clock.ts';
import type { EntryReader } from '../../src/query/answers/ports.ts';
import type { Filter } from '../../src/query/filter.ts';
import { matches } from '../../src/query/predicate.ts';
import { neededWords } from '../../src/query/words/needed-words.ts';
import { openEntryReader, openWordsIndex, openWorkLeases } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import type { WordsIndex } from '../../src/store/words/words-index.ts';
import type { WorkLease, WorkLeases } from '../../src/store/work-leases.ts';
import { SILENT, type StoreSubject } from './store-subject.ts';

const SIZES: BuildSizes = { blockWords: 60, settledMinutes: 10, lateRows: 1_000_000, rowsAtOnce: 50 };
const ALL_DAYS = { from: '2026-01-01 00:00:00', to: '2026-02-01 00:00:00' };

interface Opened {
  readonly subject: Pick<StoreSubject, 'target' | 'open' | 'sql'>;
  readonly store: Store;
  readonly reader: EntryReader;
  readonly index: WordsIndex;
  readonly leases: WorkLeases;
}

/** How a build goes. */
export interface BuildTurn {
  readonly sizes?: Partial<BuildSizes>;
  /** It dies after so many pieces, as if killed. */
  readonly diesAfter?: number | undefined;
  /** Called after each piece. */
  readonly between?: (progress: BuildProgress) => void;
  readonly lease?: WorkLease;
  /** What it reads with, instead of the index's own reader. */
  readonly readerOf?: (reader: EntryReader) => EntryReader;
}

/** Those with rows, in an order in which triggers have little to do. */
const TABLES = [
  ...['lms_words_minutes', 'lms_words_blocks', 'lms_words_filters', 'lms_words_slices'],
  ...['service_logs', 'service_severity_minutes', 'service_severity', 'lms_rollups'],
];

/** What the tests of an index work with: a database that they share, empty for each. */
export function wordsGround(makeSubject: () => Promise<StoreSubject>): WordsGround {
  const ground = new WordsGround();
  let subject: StoreSubject | undefined;
  beforeAll(async () => {
    subject = await makeSubject();
    await ground.open(subject);
  });
  afterEach(async () => {
    for (const table of TABLES) await subject?.sql(`DELETE FROM ${table}`);
    await subject?.sql("DELETE FROM lms_leases WHERE name = 'words'");
  });
  afterAll(async () => {
    await ground.close();
    await subject?.dispose();
  });
  return ground;
}

/** The index of words of a database, as one process sees it. */
export class WordsGround {
  #opened: Opened | undefined;

  /** The subject is its owner's to dispose of. */
  async open(subject: Opened['subject']): Promise<void> {
    const store = await subject.open();
    await store.migrate();
    const { target } = subject;
    const options = { log: SILENT };
    const [reader, index] = [await openEntryReader(target, options), await openWordsIndex(target, options)];
    this.#opened = { subject, store, reader, index, leases: openWorkLeases(target, options) };
  }

  async close(): Promise<void> {
    const { reader, index, leases } = this.opened;
    await Promise.all([reader.close(), index.close(), leases.close()]);
  }

  get opened(): Opened {
    if (this.#opened === undefined) throw new Error('tests have not begun');
    return this.#opened;
  }

  /** Builds under the lease, unless somebody has it. */
  async build({ sizes, diesAfter, between, lease, readerOf }: BuildTurn = {}): Promise<
    BuildProgress | undefined
  > {
    const { index, leases } = this.opened;
    const own = lease ?? (await leases.take('words'));
    if (own === undefined) throw new Error('somebody has the lease');
    let pieces = 0;
    try {
      return await buildWords({
        upkeep: index.upkeep(own),
        reader: readerOf?.(index.reader) ?? index.reader,
        clock: systemClock,
        share: 1,
        signal: new AbortController().signal,
        isTransient: () => false,
        sizes: { ...SIZES, ...sizes },
        watch: (progress) => {
          pieces += 1;
          between?.(progress);
          if (pieces === diesAfter) throw new Killed();
        },
      });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return undefined;
    } finally {
      await leases.release(own);
    }
  }

  /**
   * Expects that every row which a filter matches lies where the index says that something may be; resolves to
   * how many of all rows are left out on average, or undefined if the index could not be asked.
   */
  async expectCovered(rows: readonly LogEntry[], filters: readonly Filter[]): Promise<number | undefined> {
    let leftOut = 0;
    let asked = 0;
    for (const filter of filters) {
      const need = neededWords(filter);
      if (need === undefined) continue;
      const found = await this.opened.reader.wordParts({ need, ...ALL_DAYS }, new AbortController().signal);
      if (found === undefined) return undefined;
      const isIn = ({ timestamp }: LogEntry) =>
        found.parts.some(({ from, to }) => from <= timestamp && timestamp < to);
      const missed = rows.filter((row) => !isIn(row));
      expect(missed.filter(matches(filter)), JSON.stringify(filter)).toEqual([]);
      leftOut += missed.length;
      asked += rows.length;
    }
    await this.#expectNeverMoreSeen();
    return leftOut / Math.max(1, asked);
  }

  /** No minute, hour or day has fewer rows than its blocks saw: then a late row could not be noticed. */
  async #expectNeverMoreSeen(): Promise<void> {
    const wrong = await this.opened.subject.sql(`SELECT seen.width, seen.start, seen.rows_at_build
      FROM lms_words_minutes AS seen LEFT JOIN (SELECT width, start, SUM(\`count\`) AS counted FROM lms_rollups
        WHERE by_service = 0 GROUP BY width, start) AS counts
      ON counts.width = seen.width AND counts.start = seen.start
      WHERE seen.rows_at_build > COALESCE(counts.counted, 0)`);
    expect(wrong).toEqual([]);
  }
}

class Killed extends Error {}
