import type { FoundEntry } from '../logs/entry.ts';
import { visible } from '../text/visible.ts';
import { type NamedField, namedField, valueText } from './fields.ts';

/** The columns that a dump of `service_logs` has. */
export const CSV_FIELDS: readonly NamedField[] = [
  'service_name',
  'payload',
  'severity',
  'timestamp',
  'created_at',
].map(namedField);

const ROWS_A_CHUNK = 1_000;

/** Who reads the CSV. A program gets every field as it is stored. */
export interface CsvReader {
  /** A spreadsheet: what it would take for a formula gets an apostrophe before it, and is a text again. */
  readonly spreadsheet?: boolean;
  /** A terminal: what cannot be seen is shown as an escape. */
  readonly terminal?: boolean;
}

/**
 * The rows of `service_logs` as CSV text (RFC 4180, lines end in LF), in the five columns of the header, in
 * chunks: memory does not grow with the table.
 */
export async function* csvOf(
  entries: AsyncIterable<FoundEntry>,
  reader: CsvReader = {},
): AsyncGenerator<string> {
  let lines = [csvHeader(CSV_FIELDS, reader)];
  for await (const entry of entries) {
    lines.push(csvRow(entry, CSV_FIELDS, reader));
    if (lines.length < ROWS_A_CHUNK) continue;
    yield lines.join('');
    lines = [];
  }
  yield lines.join('');
}

/** The line of names. */
export function csvHeader(fields: readonly NamedField[], reader: CsvReader): string {
  return line(
    fields.map(({ name }) => name),
    reader,
  );
}

/** The line of an entry; times are as they are stored, in UTC. */
export function csvRow(entry: FoundEntry, fields: readonly NamedField[], reader: CsvReader): string {
  return line(
    fields.map(({ read }) => valueText(read(entry), (at) => at) ?? ''),
    reader,
  );
}

function line(fields: readonly string[], reader: CsvReader): string {
  return `${fields.map((field) => quoted(suited(field, reader))).join(',')}\n`;
}

function suited(field: string, { spreadsheet = false, terminal = false }: CsvReader): string {
  const text = spreadsheet && FORMULA.test(field) ? `'${field}` : field;
  return terminal ? visible(text) : text;
}

/**
 * Some spreadsheets pass over white space, and take the wide signs of East Asian keyboards for the narrow
 * ones.
 */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

/** Quoted only where a reader would otherwise split or trim it. */
function quoted(field: string): string {
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
