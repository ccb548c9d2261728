import { epochTime } from '../epoch-time.ts';
import { type AccessFields, given } from './fields.ts';
import { parseRequest } from './request.ts';

/** The columns of an access log in CSV, in their usual order. */
const COLUMNS = ['remotehost', 'rfc931', 'authuser', 'date', 'request', 'status', 'bytes'] as const;
type Column = (typeof COLUMNS)[number];

/** In which place of a line each column stands, from 0. */
export type CsvColumns = Readonly<Record<Column, number>>;

const MAX_UNITS = 65_536;
const MAX_FIELDS = 64;
const STATUS = /^\d{3}$/;
const BYTES = /^\d{1,30}$/;

/** Where the columns stand if no header says so. */
const USUAL_COLUMNS: CsvColumns = Object.fromEntries(
  COLUMNS.map((column, place) => [column, place]),
) as CsvColumns;

/** The columns that a header names: all of the usual ones, in any order, and others. Undefined if it is none. */
export function csvHeader(line: string): CsvColumns | undefined {
  const names = csvFields(line)?.map((name) => name.trim().toLowerCase());
  if (names === undefined) return undefined;
  const places = COLUMNS.map((column) => names.indexOf(column));
  if (places.includes(-1)) return undefined;
  return Object.fromEntries(COLUMNS.map((column, index) => [column, places[index]])) as CsvColumns;
}

/** Whether a line is a header that has all columns where they are. */
export function isCsvHeaderOf(line: string, columns: CsvColumns): boolean {
  // Each line is asked: most are seen at once to be none.
  if (!/^"?[a-z]/i.test(line) || !/remotehost/i.test(line)) return false;
  const named = csvHeader(line);
  return named !== undefined && COLUMNS.every((column) => named[column] === columns[column]);
}

/**
 * Reads a line of an access log in CSV, whose date is in Unix seconds:
 * `"10.0.0.1","-","apache",1549574332,"GET /api/user HTTP/1.0",200,1234`. A record is a line: undefined if a quote is
 * left open, and if it is no such line.
 */
export function scanAccessCsv(line: string, columns: CsvColumns = USUAL_COLUMNS): AccessFields | undefined {
  const fields = csvFields(line);
  if (fields === undefined || fields.length < COLUMNS.length) return undefined;
  const of = (column: Column) => fields[columns[column]] ?? '';
  const date = of('date');
  const time = epochTime(date);
  const [status, bytes, ip] = [of('status'), of('bytes'), of('remotehost')];
  if (time === null || ip === '' || !STATUS.test(status)) return undefined;
  if (bytes !== '-' && bytes !== '' && !BYTES.test(bytes)) return undefined;
  return {
    timestamp: time.timestamp,
    exactTime: time.finer === '' ? undefined : date,
    ip,
    ident: given(of('rfc931')),
    user: given(of('authuser')),
    vhost: undefined,
    request: parseRequest(of('request')),
    code: Number(status),
    bytes: given(bytes),
    rest: '',
  };
}

/** The fields of a line of CSV; quotes inside are doubled. Undefined if a quote is left open, or comes amiss. */
function csvFields(line: string): string[] | undefined {
  if (line.length > MAX_UNITS) return undefined;
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = text.startsWith('"', at) ? quotedField(text, at) : plainField(text, at);
    if (field === undefined || fields.length === MAX_FIELDS) return undefined;
    fields.push(field.text);
    if (field.end === text.length) return fields;
    if (text[field.end] !== ',') return undefined;
    at = field.end + 1;
  }
}

interface Field {
  readonly text: string;
  readonly end: number;
}

function quotedField(line: string, start: number): Field | undefined {
  let close = line.indexOf('"', start + 1);
  let hasQuotes = false;
  while (close !== -1 && line[close + 1] === '"') {
    hasQuotes = true;
    close = line.indexOf('"', close + 2);
  }
  if (close === -1) return undefined;
  const text = line.slice(start + 1, close);
  return { text: hasQuotes ? text.replaceAll('""', '"') : text, end: close + 1 };
}

function plainField(line: string, start: number): Field {
  const comma = line.indexOf(',', start);
  const end = comma === -1 ? line.length : comma;
  return { text: line.slice(start, end).trim(), end };
}
