import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readPage } from '../../src/query/answers/page.ts';
import type { EntryReader, Piece, PieceRequest } from '../../src/query/answers/ports.ts';
import { EVERYTHING, type Filter } from '../../src/query/filter.ts';
import type { MySqlTarget, ReaderOptions } from '../../src/store/connection-target.ts';
import { openEntryReader } from '../../src/store/open.ts';
import { entries } from './store-entries.ts';
import { mysqlSubject, SILENT, type StoreSubject } from './store-subject.ts';

const NEVER = new AbortController().signal;
const STORED = 700;
const LIMIT_MS = 400;

describe('MySQL: the limit of a statement of a reader', () => {
  let subject: StoreSubject<MySqlTarget>;

  beforeAll(async () => {
    subject = await mysqlSubject();
    const store = await subject.open();
    await store.migrate();
    await store.write(entries(0, STORED));
    await subject.sql('RENAME TABLE service_logs TO slow_logs');
  });
  afterAll(() => subject.dispose());

  /** From now on a row takes the server so long, and at least so long. */
  const slowDown = (msPerRow: number) =>
    subject.sql(`CREATE OR REPLACE VIEW service_logs AS
      SELECT * FROM slow_logs WHERE SLEEP(${msPerRow / 1_000}) = 0`);

  async function opened(limit: Pick<ReaderOptions, 'statementLimitMs'> = {}): Promise<EntryReader> {
    const reader = await openEntryReader(subject.target, { log: SILENT, ...limit });
    onTestFinished(() => reader.close());
    return reader;
  }

  it.each<[string, Filter]>([
    ['rows that a filter looks at', { kind: 'substring', text: '-77' }],
    ['rows that are all wanted', EVERYTHING],
  ])('%s are found in smaller pieces where the server ends a larger one', async (_, filter) => {
    await slowDown(1);
    const reader = await opened({ statementLimitMs: LIMIT_MS });
    const pieces: { request: PieceRequest; piece: Piece }[] = [];
    const pieceOf = reader.piece.bind(reader);
    reader.piece = async (request, signal) => {
      const piece = await pieceOf(request, signal);
      pieces.push({ request, piece });
      return piece;
    };
    const page = await readPage(
      { filter, stretch: { order: 'oldest' }, limit: 1_000 },
      {
        reader,
        budget: { maxMs: 60_000, maxRows: 10_000 },
        now: () => performance.now(),
        signal: NEVER,
      },
    );
    expect(page.isComplete).toBe(true);
    expect(page.next).toBeUndefined();
    const wanted = entries(0, STORED).filter(
      ({ payload }) => filter === EVERYTHING || payload.includes('-77'),
    );
    expect(page.entries.map(({ eventId }) => eventId).sort()).toEqual(
      wanted.map(({ eventId }) => eventId).sort(),
    );
    // The first piece was for 1,000 rows; no later one was asked for as many.
    expect(pieces[0]?.piece.reducedToRows).toBeLessThanOrEqual(LIMIT_MS);
    expect(pieces.length).toBeGreaterThan(1);
    for (const { request } of pieces.slice(1)) expect(request.maxRows).toBeLessThanOrEqual(LIMIT_MS * 1.25);
  });

  it('a question that has no smaller pieces ends with a reason, and the reader goes on', async () => {
    await slowDown(100);
    const reader = await opened({ statementLimitMs: LIMIT_MS });
    const request: PieceRequest = {
      stretch: { order: 'newest' },
      path: { kind: 'key' },
      filter: EVERYTHING,
      maxRows: 40,
      maxEntries: 40,
    };
    await expect(reader.piece(request, NEVER)).rejects.toMatchObject({
      code: 'DATABASE_TOO_SLOW',
      message: expect.stringMatching(
        /^the MySQL server at .* took too long for a statement \(ER_\w+\)$/,
      ) as string,
    });
    await slowDown(0);
    expect((await reader.piece(request, NEVER)).entries).toHaveLength(40);
  });

  it('is 30 s where nothing else is said, and none for who writes', async () => {
    const [mariaDb] = await subject.sql("SHOW VARIABLES LIKE 'max_statement_time'");
    const limitMs = mariaDb === undefined ? '@@max_execution_time' : 'ROUND(@@max_statement_time * 1000)';
    await subject.sql(`CREATE FUNCTION limit_ms() RETURNS VARCHAR(20) NO SQL RETURN ${limitMs}`);
    await subject.sql(`CREATE OR REPLACE VIEW service_logs AS
      SELECT \`timestamp\`, event_id, service_name, severity, limit_ms() AS payload, tags, created_at FROM slow_logs`);
    const [first] = entries(0, 1);
    if (first === undefined) throw new Error('no entry');
    const reader = await opened();
    expect((await reader.entry(first, NEVER))?.payload).toBe('30000');
    const store = await subject.open();
    for await (const { payload } of store.entries()) expect(payload).toBe('0');
  });
});
