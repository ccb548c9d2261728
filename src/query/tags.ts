import { withExactNumbers } from '../logs/exact-json.ts';
import type { JsonObject } from '../logs/json.ts';
import { isJsonObject } from '../logs/json.ts';

/** Places that are looked at for one name: names with dots can be split in many ways. */
const MAX_PLACES = 1_000;
const INTEGER = /^-?\d+$/;

/**
 * The tags of an entry from their JSON text, an object; none if it is null. Integers that a JavaScript number
 * may not hold are of type bigint, and numbers that are too large for one are texts.
 */
export function parseTags(tags: string | null): JsonObject {
  if (tags === null) return {};
  const parsed: unknown = JSON.parse(tags);
  if (!isJsonObject(parsed)) return {};
  return withExactNumbers(parsed, tags, keepExact);
}

function keepExact(value: number, spelled: string): unknown {
  if (INTEGER.test(spelled)) return BigInt(spelled);
  return Number.isFinite(value) ? value : spelled;
}

/**
 * The value that a name stands for, undefined if there is none. A tag that is literally called so wins.
 * Otherwise a tag that a beginning of the name is called, the longest first, and that is an object, is
 * searched for the rest behind the dot in the same way. Lists are not walked into.
 */
export function findTag(tags: JsonObject, name: string): unknown {
  return new TagSearch().find(tags, name);
}

class TagSearch {
  #places = 0;

  find(object: JsonObject, name: string): unknown {
    this.#places += 1;
    if (Object.hasOwn(object, name)) return object[name];
    for (let dot = name.lastIndexOf('.'); dot !== -1; dot = name.lastIndexOf('.', dot - 1)) {
      if (this.#places > MAX_PLACES) return undefined;
      this.#places += 1;
      const inner = ownObject(object, name.slice(0, dot));
      const found = inner === undefined ? undefined : this.find(inner, name.slice(dot + 1));
      if (found !== undefined) return found;
      if (dot === 0) break;
    }
    return undefined;
  }
}

function ownObject(object: JsonObject, name: string): JsonObject | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isJsonObject(value) ? value : undefined;
}

/** The text that a value is compared by; undefined for an object and a list, which have none. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (
    value === null ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'boolean'
  ) {
    return String(value);
  }
  return undefined;
}
