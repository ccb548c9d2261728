import type { JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';

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

/** The object without the member that `memberAt` finds; an object that was around it alone goes with it. */
export function withoutMember(object: JsonObject, name: string): JsonObject {
  const literal = own(object, name);
  if (literal !== undefined && literal !== null) return { ...object, [name]: undefined };
  const dot = name.indexOf('.');
  if (dot === -1) return object;
  const outer = name.slice(0, dot);
  const inner = own(object, outer);
  if (!isJsonObject(inner)) return object;
  const left = withoutMember(inner, name.slice(dot + 1));
  return { ...object, [outer]: isEmpty(left) ? undefined : left };
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
