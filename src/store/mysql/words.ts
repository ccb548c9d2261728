import type { WordParts, WordPartsRequest } from '../../query/answers/ports.ts';
import { readWordParts } from '../words/parts.ts';
import {
  rowsOf,
  WIDTHS,
  type WordsDatabase,
  type WordsDialect,
  type WordsSession,
} from '../words/session.ts';
import { addWordMinutes, startOfWidth, sums } from '../words/word-minutes.ts';
import type { WorkLease } from '../work-leases.ts';
import type { Pool } from './driver/pool.ts';
import type { Session } from './driver/session.ts';
import { driverError } from './errors/driver-error.ts';
import { TRUSTED } from './rollups/trust.ts';
import { inSnapshot } from './snapshot.ts';
import { protectWork } from './work-lease.ts';

const MYSQL_WORDS: WordsDialect = {
  asText: (column) => `CAST(${column} AS CHAR)`,
  rollupsTrusted: TRUSTED,
  now: 'CURRENT_TIMESTAMP(6)',
  onConflict: () => 'ON DUPLICATE KEY UPDATE',
  inserted: (column) => `VALUES(${column})`,
  unhex: 'UNHEX(?)',
  hexOf: (bytes) => `HEX(CONCAT(${bytes.join(', ')}))`,
  forUpdate: 'FOR UPDATE',
};

/** The index of words in MySQL. */
export class MySqlWords implements WordsDatabase {
  readonly dialect = MYSQL_WORDS;
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  snapshot<T>(work: (session: WordsSession) => Promise<T>): Promise<T> {
    return inSnapshot(this.#pool, (session) => work(wordsSession(session)));
  }

  transaction<T>(lease: WorkLease, work: (session: WordsSession) => Promise<T>): Promise<T> {
    return this.#pool.use(async (session) => {
      await session.run('START TRANSACTION');
      const result = await work(wordsSession(session));
      await protectWork(session, lease);
      await session.run('COMMIT');
      return result;
    });
  }
}

/** What a session is to the index, in a transaction of its own or in that of another. */
function wordsSession(session: Session): WordsSession {
  return {
    select: (sql, values = []) => session.select(sql, [...values]),
    change: async (sql, values) => (await session.execute(sql, [...values])).affectedRows,
  };
}

/**
 * Takes rows off what the index saw of their minutes, in the transaction that deletes them. First the days are
 * changed, whether or not anything of them is indexed: whoever is about to read rows of a day for the index
 * changes it too, so that each knows of the other.
 */
export async function subtractWords(session: Session, deleted: ReadonlyMap<string, number>): Promise<void> {
  const words = wordsSession(session);
  const days = [...new Set([...deleted.keys()].map((minute) => startOfWidth(minute, WIDTHS.day)))];
  await addWordMinutes(words, MYSQL_WORDS, WIDTHS.day, new Map(days.map((day) => [day, 0])));
  const known = new Map<string, number>();
  const minutes = [...deleted.keys()].sort();
  for (let start = 0; start < minutes.length; start += MINUTES_AT_ONCE) {
    const some = minutes.slice(start, start + MINUTES_AT_ONCE);
    const sql = `SELECT CAST(start AS CHAR) AS start FROM lms_words_minutes
      WHERE width = 1 AND start IN (${rowsOf('?', some.length)}) ORDER BY start FOR UPDATE`;
    for (const { start: minute } of await words.select(sql, some))
      known.set(String(minute), -(deleted.get(String(minute)) ?? 0));
  }
  for (const width of [WIDTHS.minute, WIDTHS.hour, WIDTHS.day])
    await addWordMinutes(words, MYSQL_WORDS, width, sums(known, width));
}

const MINUTES_AT_ONCE = 128;

/** Tables of a release before, rights that were not given, or an index that is removed while it is read. */
const NO_INDEX: ReadonlySet<number | undefined> = new Set([1054, 1142, 1146, 1412]);

/** See `readWordParts`: asked on a session of a reader. */
export async function indexedParts(
  session: Session,
  request: WordPartsRequest,
): Promise<WordParts | undefined> {
  await session.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  try {
    const parts = await readWordParts(wordsSession(session), MYSQL_WORDS, request);
    await session.run('COMMIT');
    return parts;
  } catch (error) {
    if (!NO_INDEX.has(driverError(error).errno)) throw error;
    await session.run('ROLLBACK');
    return undefined;
  }
}
