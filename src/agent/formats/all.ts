import { access } from './access.ts';
import { accessCsv } from './access-csv.ts';
import { apacheError } from './apache-error.ts';
import type { Format, FormatName, LineContext, Reading } from './format.ts';
import { json } from './json.ts';
import { logfmt } from './logfmt.ts';
import { nginxError } from './nginx-error.ts';
import { syslog } from './syslog.ts';
import { text } from './text.ts';

/** All formats, in the order in which a line is tried: what is told by more comes first, and text takes the rest. */
export const FORMATS: readonly Format[] = [
  access,
  accessCsv,
  nginxError,
  apacheError,
  syslog,
  json,
  logfmt,
  text,
];

/** The format of this name. */
export function formatNamed(name: FormatName): Format {
  return FORMATS.find((format) => format.name === name) ?? text;
}

/** What a line says by itself, and the format that it is of: the first that takes it. */
export interface AloneReading {
  readonly format: FormatName;
  readonly reading: Reading;
}

/** Reads a line by the first format that it is of. */
export function readAlone(line: string, context: LineContext): AloneReading {
  for (const format of FORMATS) {
    const reading = format.read(line, context);
    if (reading !== undefined) return { format: format.name, reading };
  }
  return { format: 'text', reading: text.read(line, context) };
}
