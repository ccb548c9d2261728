import type { Asked } from './shell-command.ts';

export type ExportFormat = 'ndjson' | 'csv' | 'text';

/** How entries are exported. */
export interface ExportOptions {
  readonly format: ExportFormat;
  /** Undefined: all of them. */
  readonly fields?: readonly string[] | undefined;
  readonly isForSpreadsheet?: boolean;
}

/** The address of all that matches, as a file. */
export function exportHref(
  base: string,
  { q, since, until, tz }: Asked,
  { format, fields, isForSpreadsheet = false }: ExportOptions,
): string {
  const url = new URL('api/v1/entries', base);
  const query = {
    ...{ q: q === '' ? undefined : q, since, until, tz, limit: 'all', format },
    // A text has no fields.
    fields: format === 'text' ? undefined : fields?.join(','),
    spreadsheet: isForSpreadsheet ? 'true' : undefined,
  };
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

/** What is shown of each line, by the names that the API has. */
export function fieldsOf(columns: readonly string[]): readonly string[] {
  // A list of names has commas between them: a name with one of its own cannot be asked for.
  const shown = columns.filter((name) => !name.includes(','));
  return [...new Set(['time', 'severity', ...shown, 'payload'])];
}

/** What an export is saved as. */
export function fileName(format: ExportFormat, now: Date): string {
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-');
  return `logs-${time}.${format === 'text' ? 'txt' : format}`;
}
