import type { DatabaseSync } from 'node:sqlite';
import type { Row } from '../columns.ts';
import { minuteDifferencesSql } from '../differences.ts';

/** Selects the counts by minute that differ from the rows. */
export const DIFFERENT_MINUTES = minuteDifferencesSql("substr(timestamp, 1, 16) || ':00'");

/** All rows of a query. Whole numbers as bigint: the library refuses larger ones than 2^53 otherwise. */
export function select(database: DatabaseSync, sql: string): Row[] {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  return statement.all();
}
