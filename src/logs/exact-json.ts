import { withoutTrailingZeros } from './digits.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';

declare global {
  interface JSON {
    /** A value that JSON.stringify writes as it stands (ECMAScript 2026; in Node since 21). */
    rawJSON(text: string): object;
  }
}

/** Keeps a number of a JSON text: what to put in its place so that JSON.stringify loses nothing of it. */
type KeepNumber = (value: number, spelled: string) => unknown;

/**
 * A number outside a string begins after one of these characters. It may change in a JavaScript number if it
 * has an exponent or 16 or more characters; 15 digits always survive. A string that looks so costs a second
 * parse, nothing else.
 */
const RISKY_NUMBER = /[:,[\s]-?\d(?:[\d.]{15}|[\d.]*[eE])/;

/**
 * `parsed`, which was read from `text`, or if a number of it may have changed on the way, the same with
 * numbers that JSON.stringify will write as `keep` has it. The text must not be nested deep: a reviver
 * recurses.
 */
export function withExactNumbers(parsed: JsonObject, text: string, keep: KeepNumber): JsonObject {
  if (!RISKY_NUMBER.test(text)) return parsed;
  const exact: unknown = JSON.parse(
    text,
    (_name: string, value: unknown, context?: { readonly source?: string }): unknown =>
      typeof value === 'number' && context?.source !== undefined && context.source !== String(value)
        ? keep(value, context.source)
        : value,
  );
  return isJsonObject(exact) ? exact : parsed;
}

/**
 * For a text column: every number as it was spelled. Also, unlike 1e20 and 100000000000000000000, it never
 * grows.
 */
export function keepSpelling(_value: number, spelled: string): unknown {
  return JSON.rawJSON(spelled);
}

/**
 * For a JSON column. MySQL's holds 64-bit integers and double precision: it rounds other numbers, and refuses
 * a row with one such as 1e400. Those are kept as text.
 */
export function keepForColumn(value: number, spelled: string): unknown {
  return isLongInteger(spelled) || survivesDouble(value, spelled) ? JSON.rawJSON(spelled) : spelled;
}

/** From the lowest signed to the highest unsigned 64-bit integer. */
function isLongInteger(spelled: string): boolean {
  if (spelled.length > 20 || !/^-?\d+$/.test(spelled)) return false;
  const integer = BigInt(spelled);
  return integer >= -(2n ** 63n) && integer < 2n ** 64n;
}

/**
 * Whether a number has at most 15 significant digits and lies in the range where double precision keeps them.
 */
function survivesDouble(value: number, spelled: string): boolean {
  const mantissa = spelled.replace(/[eE].*/, '').replace(/[-.]/g, '');
  const digits = withoutTrailingZeros(mantissa.replace(/^0+/, ''));
  if (digits === '') return true;
  const magnitude = Math.abs(value);
  return digits.length <= 15 && magnitude >= 1e-307 && magnitude <= 1e308;
}
