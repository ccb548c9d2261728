import { CSV_FIELDS, csvHeader, csvRow } from '../../../export/csv.ts';
import { fieldsJson, type NamedField, valueText } from '../../../export/fields.ts';
import type { FoundEntry } from '../../../logs/entry.ts';
import { entryJson } from '../../../logs/entry-json.ts';
import { visible, visibleLines } from '../../../text/visible.ts';
import { EntryLines, type LinesStyle } from './lines.ts';

/** How entries are written out. */
export interface EntryFormat {
  /** Before the first entry. */
  readonly header: string;
  /** Some entries that are shown together; each ends with a line break. */
  readonly write: (entries: readonly FoundEntry[]) => string;
}

/** What was asked for. */
export interface FormatChoice {
  readonly kind: 'text' | 'json' | 'csv' | 'raw';
  /** Only these of each entry. */
  readonly fields: readonly NamedField[] | undefined;
  /** The CSV is for a spreadsheet. */
  readonly spreadsheet: boolean;
}

/** The format for who reads it: a program, or a person at a terminal whom nothing of an entry may harm. */
export function entryFormat({ kind, fields, spreadsheet }: FormatChoice, style: LinesStyle): EntryFormat {
  const terminal = style.columns !== undefined;
  switch (kind) {
    case 'json':
      return eachLine(
        (entry) => (fields === undefined ? entryJson(entry) : fieldsJson(entry, fields)),
        terminal,
      );
    case 'raw': {
      const payload = (entry: FoundEntry) => `${terminal ? visibleLines(entry.payload) : entry.payload}\n`;
      return { header: '', write: (entries) => entries.map(payload).join('') };
    }
    case 'csv': {
      const columns = fields ?? CSV_FIELDS;
      const row = (entry: FoundEntry) => csvRow(entry, columns, { spreadsheet, terminal });
      return {
        header: csvHeader(columns, { spreadsheet, terminal }),
        write: (entries) => entries.map(row).join(''),
      };
    }
    case 'text':
      return fields === undefined ? textFormat(style) : fieldsFormat(fields, style);
  }
}

function textFormat(style: LinesStyle): EntryFormat {
  const lines = new EntryLines(style);
  return {
    header: '',
    write(entries) {
      lines.makeRoomFor(entries);
      return entries.map((entry) => lines.format(entry)).join('');
    },
  };
}

/** Fields with tabs between them, for `cut` and its kin: nothing in a field is a tab or a line break. */
function fieldsFormat(fields: readonly NamedField[], { clock }: LinesStyle): EntryFormat {
  const timeText = (at: string) => {
    const { local, offset } = clock.at(at);
    return `${local.replace(' ', 'T')}${offset}`;
  };
  const write = (entry: FoundEntry) =>
    fields.map(({ read }) => visible(valueText(read(entry), timeText) ?? '-')).join('\t');
  return eachLine(write, false);
}

function eachLine(write: (entry: FoundEntry) => string, terminal: boolean): EntryFormat {
  const line = (entry: FoundEntry) => (terminal ? visible(write(entry)) : write(entry));
  return { header: '', write: (entries) => entries.map((entry) => `${line(entry)}\n`).join('') };
}
