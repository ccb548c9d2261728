import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LogEntry } from '../../src/logs/entry.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';

/** A SQLite file of one test's own. */
export interface ScratchDatabase extends Disposable {
  /** As DATABASE_URL wants it. */
  readonly url: string;
  /** Writes entries as the worker does, after bringing the tables up to date. */
  write(entries: readonly LogEntry[]): Promise<void>;
  /** Changes the tables behind the store's back. */
  tamper(sql: string): void;
  /** The names of the files in its directory. */
  files(): string[];
}

/** A file that does not exist yet, in a directory that goes with it. */
export function scratchDatabase(): ScratchDatabase {
  const directory = mkdtempSync(join(tmpdir(), 'lms-scratch-'));
  const path = join(directory, 'lms.db');
  return {
    url: `sqlite:${path}`,
    async write(entries) {
      const store = openSqliteStore({ kind: 'sqlite', path });
      await store.migrate();
      await store.write(entries);
      await store.close();
    },
    tamper(sql) {
      // Whoever writes beside us is soon done.
      const database = new DatabaseSync(path, { timeout: 5_000 });
      database.exec(sql);
      database.close();
    },
    files: () => readdirSync(directory),
    [Symbol.dispose]() {
      rmSync(directory, { recursive: true });
    },
  };
}

/** Entries of one service, one a second from noon on. */
export function entriesOf(serviceName: string, severity: LogEntry['severity'], count: number): LogEntry[] {
  return Array.from({ length: count }, (_none, index) => ({
    timestamp: `2026-11-25 12:00:${String(index % 60).padStart(2, '0')}.000000`,
    eventId: `${serviceName}-${severity}-${String(index)}`,
    serviceName,
    severity,
    payload: `Hello from ${serviceName}`,
    tags: null,
  }));
}
