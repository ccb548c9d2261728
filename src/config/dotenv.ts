import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { LmsError } from '../errors/catalogue.ts';

/**
 * The variables of a file of `NAME=value` lines; none if the file is missing. UTF-8, or UTF-16 as some
 * Windows editors write it. Throws SETTINGS with the path if it cannot be read, or is no such text: what
 * stands there must not be ignored.
 */
export function readDotenv(path: string): Readonly<Record<string, string>> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    const reason = error instanceof Error ? error.message : String(error);
    throw new LmsError('SETTINGS', `${path} cannot be read: ${reason}`, { cause: error });
  }
  return parse(decoded(path, bytes));
}

function decoded(path: string, bytes: Buffer): string {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // As below.
  }
  throw new LmsError('SETTINGS', `${path} is not text in UTF-8: save it in that encoding`);
}

/** By its byte order mark; without one, ASCII in UTF-16 has a zero in every second byte. */
function encodingOf(bytes: Buffer): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || second === 0) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || first === 0) return 'utf-16be';
  return 'utf-8';
}
