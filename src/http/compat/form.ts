import { Problem } from '../problems.ts';
import type { Sent } from './writing.ts';

const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i;
const NAME = /^content-disposition:\s*form-data\b.*?;\s*name=(?:"([^"]*)"|([^\s;"]+))/im;
const LINE = '\r\n';
/** Of the few that are looked at; each takes a hundred times its least size in memory. */
const MAX_FIELDS = 1_000;

/** The fields of a form, in either encoding. Of one that is there several times the first counts. Throws BODY. */
export function formFields({ bytes, text, type, contentType }: Sent): Readonly<Record<string, string>> {
  const isInParts = type === 'multipart/form-data';
  const fields = isInParts ? partsOf(bytes, contentType) : pairsOf(text);
  return Object.fromEntries(fields.toReversed());
}

function pairsOf(text: string): [string, string][] {
  if (text.split('&', MAX_FIELDS + 1).length > MAX_FIELDS) throw unreadable();
  return [...new URLSearchParams(text)];
}

/** The parts of a form: names with their texts. */
function partsOf(bytes: Buffer, contentType: string): [string, string][] {
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw unreadable();
  const delimiter = Buffer.from(`${LINE}--${boundary}`);
  // The first delimiter may stand at the very beginning.
  const body = Buffer.concat([Buffer.from(LINE), bytes]);
  const parts: [string, string][] = [];
  let start = body.indexOf(delimiter);
  if (start === -1) throw unreadable();
  for (;;) {
    start += delimiter.length;
    if (body.toString('latin1', start, start + 2) === '--') return parts;
    const end = body.indexOf(delimiter, start);
    const head = body.indexOf(LINE + LINE, start);
    if (end === -1 || head === -1 || head >= end || parts.length === MAX_FIELDS) throw unreadable();
    const [, given, bare] = NAME.exec(body.toString('utf8', start, head)) ?? [];
    const name = given ?? bare;
    if (name !== undefined) parts.push([name, body.toString('utf8', head + 2 * LINE.length, end)]);
    start = end;
  }
}

function unreadable(): Problem {
  return new Problem('BODY', 'The form cannot be read.');
}
