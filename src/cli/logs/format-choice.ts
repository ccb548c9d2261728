import { namedField } from '../../export/fields.ts';
import type { FormatChoice } from '../output/entries/formats.ts';
import type { FormatOptions } from './options.ts';

/** The format that the options ask for. */
export function formatChoice({ json, csv, raw, fields, spreadsheet = false }: FormatOptions): FormatChoice {
  const kind = json ? 'json' : csv ? 'csv' : raw ? 'raw' : 'text';
  return { kind, fields: fields?.map(namedField), spreadsheet };
}
