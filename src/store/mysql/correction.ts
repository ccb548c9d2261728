import { text, type Row } from '../columns.ts';
import { MAX_PIECE_ROWS, powerOfTwo } from './pieces.ts';
import type { Session } from './session.ts';
import { addToCounts, addToMinutes } from './statements.ts';

/** A table of counts. */
export type CountTable = 'service_severity' | 'service_severity_minutes';

const KEYS: Readonly<Record<CountTable, readonly string[]>> = {
  service_severity: ['service_name', 'severity'],
  service_severity_minutes: ['minute', 'service_name', 'severity'],
};
const ADD = { service_severity: addToCounts, service_severity_minutes: addToMinutes };

/** Corrects counts of one table, in the session's open transaction. Additions go together in one statement, as the worker's do. */
export class Correction {
  readonly #session: Session;
  readonly #table: CountTable;
  readonly #where: string;
  #additions: string[][] = [];

  constructor(session: Session, table: CountTable) {
    this.#session = session;
    this.#table = table;
    this.#where = KEYS[table].map((column) => `${column} = ?`).join(' AND ');
  }

  /** Makes of the `counted` of a key, as the snapshot has it, as many as there are `rows`. `row` holds the columns of the key. */
  async add(row: Row, rows: bigint, counted: bigint): Promise<void> {
    const key = KEYS[this.#table].map((column) => text(row, column));
    if (rows > counted) {
      this.#additions.push([...key, String(rows - counted)]);
      if (this.#additions.length === MAX_PIECE_ROWS) await this.finish();
      return;
    }
    await this.#subtract(key, counted - rows);
    if (rows === 0n) await this.#removeEmpty(key);
  }

  /** Sends the additions that are still to go. */
  async finish(): Promise<void> {
    const additions = this.#additions;
    this.#additions = [];
    for (let start = 0; start < additions.length;) {
      const end = start + powerOfTwo(additions.length - start);
      await this.#session.insert(ADD[this.#table](end - start), additions.slice(start, end).flat());
      start = end;
    }
  }

  /**
   * A statement of its own, for an upsert cannot take away. Never below zero, which the column does not hold: it could come to that
   * only if somebody else than a worker took the same counts off meanwhile, and the next repair would see it.
   */
  async #subtract(key: readonly string[], surplus: bigint): Promise<void> {
    const sql = `UPDATE ${this.#table} SET \`count\` = \`count\` - LEAST(\`count\`, CAST(? AS UNSIGNED)) WHERE ${this.#where}`;
    await this.#session.insert(sql, [String(surplus), ...key]);
  }

  /** A worker may have counted rows since the snapshot: then it is not empty. The row is locked by the subtraction. */
  async #removeEmpty(key: readonly string[]): Promise<void> {
    await this.#session.insert(`DELETE FROM ${this.#table} WHERE ${this.#where} AND \`count\` = 0`, [...key]);
  }
}
