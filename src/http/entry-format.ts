import * as z from 'zod';
import { CSV_FIELDS, csvHeader, csvRow } from '../export/csv.ts';
import { fieldsJson, namedField } from '../export/fields.ts';
import type { StoredEntry } from '../logs/entry.ts';
import { entryJson } from '../logs/entry-json.ts';
import { SEVERITIES } from '../logs/severity.ts';
import type { Format } from './format.ts';

/** An entry in JSON, for the document: `entryJson` writes it. */
export const ENTRY = z.strictObject({
  service_name: z.string(),
  payload: z.string(),
  severity: z.enum(SEVERITIES),
  timestamp: z.string().meta({ description: 'RFC 3339, UTC, microseconds.' }),
  id: z.string(),
  event_id: z.string(),
  created_at: z.string().meta({ description: 'When the row was written.' }),
  tags: z.record(z.string(), z.unknown()).optional(),
});

/** What `fieldsJson` writes. */
export const FIELDS = z
  .record(z.string(), z.unknown())
  .meta({ description: 'Where fields are asked for: those of them that an entry has.' });

/** What is shown of entries. */
export interface Shown {
  /** Only these fields. */
  readonly fields?: readonly string[] | undefined;
  /** The CSV is for a spreadsheet. */
  readonly spreadsheet?: boolean | undefined;
}

/** How entries are written in a format that has a line for each. */
export interface LineFormat {
  /** Before the first. */
  readonly header: string;
  /** With its line break. */
  readonly line: (entry: StoredEntry) => string;
}

/** Writes an entry as JSON without a line break, or some of its fields. */
export function jsonWriter({ fields }: Shown): (entry: StoredEntry) => string {
  if (fields === undefined) return entryJson;
  const named = fields.map(namedField);
  return (entry) => fieldsJson(entry, named);
}

/** Writes entries line by line. */
export function lineFormat(format: Exclude<Format, 'json'>, shown: Shown): LineFormat {
  switch (format) {
    case 'ndjson': {
      const write = jsonWriter(shown);
      return { header: '', line: (entry) => `${write(entry)}\n` };
    }
    case 'csv': {
      const fields = shown.fields?.map(namedField) ?? CSV_FIELDS;
      const reader = { spreadsheet: shown.spreadsheet ?? false };
      return { header: csvHeader(fields, reader), line: (entry) => csvRow(entry, fields, reader) };
    }
    case 'text':
      return { header: '', line: ({ payload }) => `${payload}\n` };
  }
}
