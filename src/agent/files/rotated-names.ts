import { basename } from 'node:path';

/** What compressing adds to a name. */
const COMPRESSED = '.gz';
/** What rotating adds to a name or puts into it: a number, a date, or a word, after a sign. */
const ADDED = /^[.\-_](?:[\dT:._-]*\d[\dTZ:._-]*|old|bak|prev|previous)$/;
const ADDED_BEFORE_EXTENSION = /^[.\-_][\dT:._-]*\d[\dTZ:._-]*$/;

/** Whether a file of this path may be what was rotated away from the other one: by their names alone. */
export function isRotatedName(path: string, of: string): boolean {
  const name = basename(path, COMPRESSED);
  const original = basename(of);
  if (name === original) return path !== of && path.endsWith(COMPRESSED);
  if (name.startsWith(original)) return ADDED.test(name.slice(original.length));
  const dot = original.lastIndexOf('.');
  if (dot <= 0) return false;
  const [stem, extension] = [original.slice(0, dot), original.slice(dot)];
  if (!name.startsWith(stem) || !name.endsWith(extension)) return false;
  return ADDED_BEFORE_EXTENSION.test(name.slice(stem.length, name.length - extension.length));
}
