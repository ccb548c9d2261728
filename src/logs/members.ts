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
  const dot = name.indexOf('.');
  if (dot === -1) return undefined;
  const inner = own(object, name.slice(0, dot));
  return isJsonObject(inner) ? memberAt(inner, name.slice(dot + 1)) : undefined;
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
    const dot = name.indexOf('.');
    if (literal !== undefined && literal !== null) left[name] = undefined;
    else if (dot !== -1) {
      const outer = name.slice(0, dot);
      inside.set(outer, [...(inside.get(outer) ?? []), name.slice(dot + 1)]);
    }
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
  for (const [member, value] of Object.entries(members)) {
    if (value === undefined) continue;
    define(own(object, member) === undefined ? merged : clashing, member, value);
  }
  if (!isEmpty(clashing)) define(merged, name, clashing);
  return merged;
}

function isEmpty(object: JsonObject): boolean {
  return Object.values(object).every((value) => value === undefined);
}

function own(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** As an assignment, and also right for `__proto__`. */
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}
