import type { LogEntry, StoredEntry } from '../logs/entry.ts';
import { type Row, severity, text, textOrNull } from './rows.ts';

/** What of an entry is stored. */
type Stored = Omit<LogEntry, 'earlierEventId'>;

interface Column<Value> {
  readonly name: string;
  readonly read: (row: Row) => Value;
}

type Columns = { readonly [Property in keyof Stored]: Column<Stored[Property]> };

/**
 * The columns of `service_logs` that are filled from an entry, by its properties, in the order of every
 * statement. What names columns is made from this list or held to it: the statements of both databases, the
 * encoding of parameters, the reading of a row, the names that are looked for in errors; and a test compares
 * it with the tables.
 */
const COLUMNS: Columns = {
  timestamp: column('timestamp', text),
  eventId: column('event_id', text),
  serviceName: column('service_name', text),
  severity: column('severity', severity),
  payload: column('payload', text),
  tags: column('tags', textOrNull),
};

const CREATED_AT = 'created_at';

/** Those of them that are times. */
export const TIME_COLUMNS: readonly string[] = [COLUMNS.timestamp.name, CREATED_AT];

/** Their names. Besides them MySQL has `attempt_id`, and both databases fill `created_at` by themselves. */
export const ENTRY_COLUMNS: readonly string[] = Object.values(COLUMNS).map(({ name }) => name);

/** Names as a statement lists them. */
export function columnList(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

/** What `storedEntry` reads. */
export const STORED_COLUMN_NAMES: readonly string[] = [...ENTRY_COLUMNS, CREATED_AT];

/** The same, as a statement lists it. */
export const STORED_COLUMNS = columnList(STORED_COLUMN_NAMES);

/** The values of the columns, in their order. */
export function entryValues(entry: LogEntry): (string | null)[] {
  return PROPERTIES.map((property) => entry[property]);
}

const PROPERTIES = Object.keys(COLUMNS).filter(isProperty);

function isProperty(name: string): name is keyof Columns {
  return name in COLUMNS;
}

/** Reads a row of `service_logs`. */
export function storedEntry(row: Row): StoredEntry {
  return {
    timestamp: COLUMNS.timestamp.read(row),
    eventId: COLUMNS.eventId.read(row),
    serviceName: COLUMNS.serviceName.read(row),
    severity: COLUMNS.severity.read(row),
    payload: COLUMNS.payload.read(row),
    tags: COLUMNS.tags.read(row),
    createdAt: text(row, CREATED_AT),
  };
}

function column<Value>(name: string, read: (row: Row, column: string) => Value): Column<Value> {
  return { name, read: (row) => read(row, name) };
}
