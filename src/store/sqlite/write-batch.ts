import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LogEntry } from '../../logs/entry.ts';
import { columnList, ENTRY_COLUMNS, entryValues } from '../columns.ts';
import { Counts } from '../counts.ts';

const INSERT_ROW = `INSERT INTO service_logs (${columnList(ENTRY_COLUMNS)})
  VALUES (${ENTRY_COLUMNS.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`;
const FIND_ROW = 'SELECT 1 FROM service_logs WHERE timestamp = ? AND event_id = ? AND service_name = ?';
const ADD_TO_MINUTE = `INSERT INTO service_severity_minutes (minute, service_name, severity, "count")
  VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "count" = "count" + excluded."count"`;
const ADD_TO_COUNT = `INSERT INTO service_severity (service_name, severity, "count")
  VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "count" = "count" + excluded."count"`;

/** Writes batches, each in one transaction, with statements that are prepared once. */
export class BatchWriter {
  readonly #database: DatabaseSync;
  readonly #insertRow: StatementSync;
  readonly #findRow: StatementSync;
  readonly #addToMinute: StatementSync;
  readonly #addToCount: StatementSync;

  /** The tables must be there. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insertRow = database.prepare(INSERT_ROW);
    this.#findRow = database.prepare(FIND_ROW);
    this.#addToMinute = database.prepare(ADD_TO_MINUTE);
    this.#addToCount = database.prepare(ADD_TO_COUNT);
  }

  /**
   * Writes the entries (sorted, each key once) and returns the number of new rows. Blocks the process
   * meanwhile.
   */
  write(entries: readonly LogEntry[]): number {
    // Takes the write lock at once: a transaction that begins as a reader can fail in the middle.
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const stored = this.#insert(entries);
      this.#database.exec('COMMIT');
      return stored;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // After some errors, such as a full disk, SQLite has rolled back itself: then there is nothing to roll
      // back.
    }
  }

  #insert(entries: readonly LogEntry[]): number {
    const counts = new Counts();
    let stored = 0;
    // All are looked for before the first is added, which may have the earlier id of another.
    for (const entry of entries.filter((each) => !this.#hasEarlierRow(each))) {
      const { changes } = this.#insertRow.run(...entryValues(entry));
      if (changes === 0) continue;
      counts.add(entry);
      stored += 1;
    }
    for (const { minute, serviceName, severity, count } of counts.byMinute()) {
      this.#addToMinute.run(minute, serviceName, severity, count);
    }
    for (const { serviceName, severity, count } of counts.byKey()) {
      this.#addToCount.run(serviceName, severity, count);
    }
    return stored;
  }

  #hasEarlierRow({ timestamp, earlierEventId, serviceName }: LogEntry): boolean {
    if (earlierEventId === undefined) return false;
    return this.#findRow.get(timestamp, earlierEventId, serviceName) !== undefined;
  }
}
