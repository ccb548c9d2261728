import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { sqliteLeaseSubject } from '../contract/lease-subjects.ts';
import { deletionContract } from '../contract/store-deletion.contract.ts';
import { deletionWalkContract } from '../contract/store-deletion-walk.contract.ts';
import { entries } from '../contract/store-entries.ts';
import { everythingContract } from '../contract/store-everything.contract.ts';
import { pagesContract } from '../contract/store-pages.contract.ts';
import { processesContract } from '../contract/store-processes.contract.ts';
import { readingContract } from '../contract/store-reading.contract.ts';
import { recordsContract } from '../contract/store-records.contract.ts';
import { repairContract } from '../contract/store-repair.contract.ts';
import { retentionBookContract } from '../contract/store-retention-book.contract.ts';
import { rollupsContract } from '../contract/store-rollups.contract.ts';
import { searchContract } from '../contract/store-search.contract.ts';
import { searchPagingContract } from '../contract/store-search-paging.contract.ts';
import { searchTextsContract } from '../contract/store-search-texts.contract.ts';
import { storageContract } from '../contract/store-storage.contract.ts';
import { SILENT, sqliteSubject } from '../contract/store-subject.ts';
import { sumsContract } from '../contract/store-sums.contract.ts';
import { tagIndexesContract } from '../contract/store-tag-indexes.contract.ts';
import { textContract } from '../contract/store-text.contract.ts';
import { wordsContract } from '../contract/store-words.contract.ts';
import { wordsRepairContract } from '../contract/store-words-repair.contract.ts';
import { workLeasesContract } from '../contract/store-work-leases.contract.ts';
import { writingContract } from '../contract/store-writing.contract.ts';
import { heartbeat } from '../support/heartbeats.ts';

writingContract('SQLite', sqliteSubject);
workLeasesContract('SQLite', sqliteLeaseSubject);
textContract('SQLite', sqliteSubject);
readingContract('SQLite', sqliteSubject);
searchContract('SQLite', sqliteSubject);
searchTextsContract('SQLite', sqliteSubject);
searchPagingContract('SQLite', sqliteSubject);
pagesContract('SQLite', sqliteSubject);
processesContract('SQLite', sqliteSubject);
recordsContract('SQLite', sqliteSubject);
wordsContract('SQLite', sqliteSubject);
everythingContract('SQLite', sqliteSubject);
wordsRepairContract('SQLite', sqliteSubject);
repairContract('SQLite', sqliteSubject);
tagIndexesContract('SQLite', sqliteSubject);
rollupsContract('SQLite', sqliteSubject);
deletionContract('SQLite', sqliteSubject);
deletionWalkContract('SQLite', sqliteSubject);
retentionBookContract('SQLite', sqliteSubject);
sumsContract('SQLite', sqliteSubject);
storageContract('SQLite', sqliteSubject);

describe('SQLite: its own ways to fail', () => {
  it('a file in a folder that is not there is DATABASE_MISSING', async () => {
    const opening = openStore({ kind: 'sqlite', path: '/no/such/folder/lms.db' }, { log: SILENT });
    await expect(opening).rejects.toMatchObject({
      code: 'DATABASE_MISSING',
      message: expect.stringContaining('/no/such/folder/lms.db') as string,
    });
  });

  it('a file that is no database is DATABASE_FAILED', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lms-store-'));
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'no database at all, only some text that is long enough to be looked at');
    await expect(openStore({ kind: 'sqlite', path }, { log: SILENT })).rejects.toMatchObject({
      code: 'DATABASE_FAILED',
    });
    await rm(folder, { recursive: true });
  });

  it('a write while another process writes is transient, and passes afterwards', async () => {
    const subject = await sqliteSubject();
    const store = await subject.open();
    await store.migrate();
    await subject.sql('BEGIN IMMEDIATE');
    await expect(store.write(entries(0, 10))).rejects.toMatchObject({
      verdict: 'transient',
      code: 'SQLITE_BUSY',
    });
    await subject.sql('COMMIT');
    expect(await store.write(entries(0, 10))).toEqual({ stored: 10, duplicates: 0 });
    await subject.dispose();
  });

  it('a heartbeat while another process writes is left out at once, and writes wait as before', async () => {
    const subject = await sqliteSubject();
    const store = await subject.open();
    await store.migrate();
    await subject.sql('BEGIN IMMEDIATE');
    const startMs = performance.now();
    await expect(store.beat(() => heartbeat())).rejects.toMatchObject({ verdict: 'transient' });
    const leftOutMs = performance.now() - startMs;
    await expect(store.write(entries(0, 10))).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    const waitedMs = performance.now() - startMs - leftOutMs;
    expect(waitedMs).toBeGreaterThan(900);
    expect(leftOutMs).toBeLessThan(waitedMs / 2);
    await subject.sql('COMMIT');
    await store.beat(() => heartbeat());
    await subject.dispose();
  });

  it('what is written is there after the file was closed and opened again', async () => {
    const subject = await sqliteSubject();
    const first = await subject.open();
    await first.migrate();
    await first.write(entries(0, 10));
    await first.close();
    expect(await (await subject.open()).totals()).toEqual({ rows: 10 });
    await subject.dispose();
  });
});
