import type { Rejection } from './rejection.ts';
import { reject, rejectUnicode } from './rejection.ts';
import type { SharedObjects } from './shared-objects.ts';

/**
 * A parsed JSON object. Reading a field of it by a name that `Object.prototype` does not have is safe:
 * JSON.parse makes an own property of `__proto__` as of any other name, and never gives a property the value
 * undefined.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a parsed JSON value is an object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether a parsed JSON value nests objects and arrays more than `levels` deep. Looks no deeper than that, so
 * it needs no more stack; it guards what does, JSON.stringify and a reviver, whose own limit depends on where
 * they are called from. What is shared is passed over.
 */
export function isDeeperThan(value: unknown, levels: number, shared?: SharedObjects): boolean {
  if (typeof value !== 'object' || value === null || shared?.has(value) === true) return false;
  if (levels === 0) return true;
  if (!isJsonObject(value))
    return Array.isArray(value) && value.some((member) => isDeeperThan(member, levels - 1, shared));
  // Without a list of the members, for nearly every record passes here twice.
  for (const name in value) {
    const member = value[name];
    if (typeof member === 'object' && isDeeperThan(member, levels - 1, shared)) return true;
  }
  return false;
}

const UTF8 = new TextEncoder();

/**
 * Whether an object in a parsed JSON value has a member whose name takes more than `maxBytes` in UTF-8. The
 * value must not be deep. What is shared is passed over.
 */
export function hasNameOver(value: unknown, maxBytes: number, shared?: SharedObjects): boolean {
  if (typeof value !== 'object' || value === null || shared?.has(value) === true) return false;
  if (!isJsonObject(value))
    return Array.isArray(value) && value.some((member) => hasNameOver(member, maxBytes, shared));
  for (const name in value) {
    const member = value[name];
    if (member === undefined) continue;
    if (name.length * 3 > maxBytes && UTF8.encode(name).length > maxBytes) return true;
    if (typeof member === 'object' && hasNameOver(member, maxBytes, shared)) return true;
  }
  return false;
}

/** The rejection of a field that `isDeeperThan` the `levels` allowed. */
export function rejectDepth(field: string, levels: number): Rejection {
  return reject('too_deep', `${field} is nested too deep: it should have at most ${levels} levels.`);
}

/** JSON text of an object or a list for `field`. */
export function jsonText(field: string, value: object): string | Rejection {
  const text = JSON.stringify(value);
  return hasLoneSurrogate(text) ? rejectUnicode(field) : text;
}

/**
 * Whether a text that JSON.stringify wrote holds half of a surrogate pair. It escapes those, and whole pairs
 * never; a backslash of the text itself it doubles, so that an even number of them before `\ud` belongs to
 * the text.
 */
function hasLoneSurrogate(text: string): boolean {
  for (let at = text.indexOf('\\ud'); at !== -1; at = text.indexOf('\\ud', at + 1)) {
    let start = at;
    while (text[start - 1] === '\\') start -= 1;
    if ((at - start) % 2 === 0) return true;
  }
  return false;
}
