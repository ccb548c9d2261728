import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deletion, performDeletion } from '../../../src/cli/delete/perform.ts';
import { LmsError } from '../../../src/errors/catalogue.ts';
import type { EntryReader } from '../../../src/query/answers/ports.ts';
import { EVERYTHING } from '../../../src/query/filter.ts';
import type { MySqlTarget } from '../../../src/store/connection-target.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/store/sqlite/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { type ScratchDatabase, scratchDatabase } from '../scratch-database.ts';

const TOTAL = 3_500;
let database: ScratchDatabase;
let store: Store;
let reader: EntryReader;

beforeEach(async () => {
  database = scratchDatabase();
  await database.write(
    Array.from({ length: TOTAL }, (_none, index) => ({
      timestamp: `2026-11-25 12:00:00.${String(index).padStart(6, '0')}`,
      eventId: String(index),
      serviceName: 'alpha',
      severity: 'info' as const,
      payload: '',
      tags: null,
    })),
  );
  const target = { kind: 'sqlite', path: database.url.slice('sqlite:'.length) } as const;
  [store, reader] = [openSqliteStore(target), openSqliteReader(target)];
});
afterEach(async () => {
  await Promise.all([store.close(), reader.close()]);
  database[Symbol.dispose]();
});

function perform(parts: Partial<Deletion>) {
  const never = new AbortController().signal;
  const target = { kind: 'sqlite', path: 'x' } as const;
  const usual = {
    filter: EVERYTHING,
    expected: TOTAL,
    reader,
    deleter: store,
    signal: never,
    end: never,
    target,
  };
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  return performDeletion({ ...usual, ...parts }, { env: {}, dotenvPath: '', stdin, stdout, stderr });
}

/** A deleter that does something before its third transaction. */
function beforeThird(what: () => void): Deletion['deleter'] {
  let transactions = 0;
  return {
    deleteEntries(keys) {
      transactions += 1;
      if (transactions === 3) what();
      return store.deleteEntries(keys);
    },
  };
}

async function expectLeft(rows: number): Promise<void> {
  const { agree, total } = await store.verify();
  expect({ agree, rows: total.rows }).toEqual({ agree: true, rows });
}

const MYSQL: MySqlTarget = {
  kind: 'mysql',
  addresses: [],
  user: "o'neill",
  password: '',
  database: 'my`logs',
  sslMode: 'disabled',
};

describe('a deletion', () => {
  it('deletes all that matches', async () => {
    expect(await perform({})).toEqual({ deleted: TOTAL, rowsRead: TOTAL, isStopped: false });
    await expectLeft(0);
  });

  it('says what was deleted until the connection was lost, and the same goes on with the rest', async () => {
    const lost = new LmsError('DATABASE_UNREACHABLE', 'no MySQL server answers');
    const failing = beforeThird(() => {
      throw lost;
    });
    await expect(perform({ deleter: failing })).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message:
        'no MySQL server answers\nat least 2,000 entries were deleted until then; the same command goes on with the rest',
    });
    await expectLeft(TOTAL - 2_000);
    expect(await perform({})).toMatchObject({ deleted: TOTAL - 2_000 });
    await expectLeft(0);
  });

  it('says the same when the connection is lost that it reads by', async () => {
    let pieces = 0;
    const failing: EntryReader = Object.assign(Object.create(reader) as EntryReader, {
      piece: (...asked: Parameters<EntryReader['piece']>) => {
        pieces += 1;
        if (pieces === 2) throw new LmsError('DATABASE_UNREACHABLE', 'gone');
        return reader.piece(...asked);
      },
    });
    await expect(perform({ reader: failing })).rejects.toThrow(/^gone\nat least 1,000 entries were deleted/);
    await expectLeft(TOTAL - 1_000);
  });

  it('ends after the transaction that runs', async () => {
    const stop = new AbortController();
    const deleter = beforeThird(() => {
      stop.abort();
    });
    expect(await perform({ deleter, end: stop.signal })).toMatchObject({ deleted: 3_000, isStopped: true });
    await expectLeft(TOTAL - 3_000);
  });

  it('is not stopped if it was over by then', async () => {
    const stop = new AbortController();
    const deleter: Deletion['deleter'] = {
      async deleteEntries(keys) {
        const deleted = await store.deleteEntries(keys);
        if ((await store.totals()).rows === 0) stop.abort();
        return deleted;
      },
    };
    expect(await perform({ deleter, end: stop.signal })).toMatchObject({ deleted: TOTAL, isStopped: false });
  });

  it('says what to grant to a user who may not delete', async () => {
    const deleter: Deletion['deleter'] = {
      deleteEntries: () => Promise.reject(new LmsError('DATABASE_DENIED', 'reader lacks a privilege')),
    };
    const denied = perform({ deleter, target: MYSQL });
    await expect(denied).rejects.toThrow(
      [
        'reader lacks a privilege',
        'to delete, the user needs these rights, if it does not have them:',
        "GRANT SELECT, DELETE ON `my``logs`.service_logs TO 'o''neill'@'%';",
        "GRANT SELECT, UPDATE, DELETE ON `my``logs`.service_severity TO 'o''neill'@'%';",
        "GRANT SELECT, UPDATE, DELETE ON `my``logs`.service_severity_minutes TO 'o''neill'@'%';",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON `my``logs`.lms_rollups TO 'o''neill'@'%';",
        "GRANT SELECT, INSERT, UPDATE ON `my``logs`.lms_words_minutes TO 'o''neill'@'%';",
        'nothing was deleted',
      ].join('\n'),
    );
  });
});
