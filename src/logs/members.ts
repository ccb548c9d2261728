import type { JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';
import type { SharedObjects } from './shared-objects.ts';

/**
 * The member that a name stands for, undefined if there is none or it is null. A member that is literally
 * called so wins; else each dot walks into an object: `log.level` is in `{"log.level": …}` as in `{"log":
 * {"level": …}}`.
 */
export function memberAt(object: JsonObject, name: string): unknown {
  const literal = own(object, name);
  if (literal !== undefined && literal !== null) return literal;
  const path = pathOf(name);
  if (path === undefined) return undefined;
  const around = own(object, path.outer);
  return isJsonObject(around) ? memberAt(around, path.inner) : undefined;
}

/** What stands before the first dot of a name, and behind it. */
interface Path {
  readonly outer: string;
  readonly inner: string;
}

/** Of names that were cut before: nearly all of them are constants that every record is asked for. */
const PATHS = new Map<string, Path>();
const MAX_PATHS = 1_000;

function pathOf(name: string): Path | undefined {
  const dot = name.indexOf('.');
  if (dot === -1) return undefined;
  let path = PATHS.get(name);
  if (path === undefined) {
    path = { outer: name.slice(0, dot), inner: name.slice(dot + 1) };
    if (PATHS.size >= MAX_PATHS) PATHS.clear();
    PATHS.set(name, path);
  }
  return path;
}

/**
 * A copy of the object without the members that `memberAt` finds by these names; an object that was around
 * them alone goes with them. One copy, however many they are: an object may have very many members. Of what
 * is shared, one copy for all.
 */
export function withoutMembers(
  object: JsonObject,
  names: readonly string[],
  shared?: SharedObjects,
): Record<string, unknown> {
  const left: Record<string, unknown> = { ...object };
  const inside = new Map<string, string[]>();
  for (const name of names) {
    const literal = own(left, name);
    const path = pathOf(name);
    if (literal !== undefined && literal !== null) left[name] = undefined;
    else if (path !== undefined) inside.set(path.outer, [...(inside.get(path.outer) ?? []), path.inner]);
  }
  for (const [outer, inner] of inside) {
    const around = own(left, outer);
    if (!isJsonObject(around)) continue;
    const make = () => withoutMembers(around, inner);
    const rest = shared?.has(around) === true ? shared.left(around, inner, make) : make();
    left[outer] = isEmpty(rest) ? undefined : rest;
  }
  return left;
}

/**
 * The members that clash with none of `object`'s become its own; those that do stay together, as `name`.
 * Nothing is lost.
 */
export function withMembers(object: JsonObject, name: string, members: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...object };
  const clashing: Record<string, unknown> = {};
  for (const member in members) {
    const value = own(members, member);
    if (value === undefined) continue;
    define(own(object, member) === undefined ? merged : clashing, member, value);
  }
  if (!isEmpty(clashing)) define(merged, name, clashing);
  return merged;
}

function isEmpty(object: JsonObject): boolean {
  for (const name in object) if (own(object, name) !== undefined) return false;
  return true;
}

/** Most names that are asked for are nowhere, which a look at the value says at once. */
function own(object: JsonObject, name: string): unknown {
  const value = object[name];
  return value === undefined || Object.hasOwn(object, name) ? value : undefined;
}

/** As an assignment, and also right for `__proto__`. */
export function define(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}
