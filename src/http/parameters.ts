import * as z from 'zod';
import { nearest } from '../text/nearest.ts';
import { visible } from '../text/visible.ts';
import { Problem } from './problems.ts';

/*
 * The kinds of parameters that requests have. Each reads the text that a client wrote; its message says what
 * would be right.
 */

/** Decimal digits only. */
export function wholeNumber(min: number, max: number) {
  const error = `it should be a whole number from ${min} to ${max}`;
  return z
    .string({ error })
    .refine((text) => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max, { error })
    .transform(Number)
    .meta({ type: 'integer', minimum: min, maximum: max });
}

/** `true` or `false`. */
export function flag() {
  return z
    .enum(['true', 'false'], { error: 'it should be true or false' })
    .transform((text) => text === 'true')
    .meta({ type: 'boolean', enum: [true, false] });
}

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, { error: `it should be one of ${words.join(', ')}` });
}

/** Any text. */
export function text() {
  return z.string({ error: 'it should be given once' });
}

/** Names with commas between them. */
export function names() {
  const error = 'it should be names with commas between them';
  return text()
    .refine((list) => list.split(',').every((name) => name.trim() !== ''), { error })
    .transform((list) => list.split(',').map((name) => name.trim()));
}

/** Reads the parameters of a request. Throws PARAMETER: unknown ones, with the nearest right one, or wrong ones. */
export function readParameters<Schema extends z.ZodObject>(schema: Schema, raw: unknown): z.output<Schema> {
  const given = typeof raw === 'object' && raw !== null ? raw : {};
  requireKnown(given, Object.keys(schema.shape));
  const { data, error } = schema.safeParse(given);
  if (data !== undefined) return data;
  const errors = (error?.issues ?? []).map(({ path, message }) => ({
    parameter: String(path[0]),
    reason: message,
  }));
  const [first] = errors;
  throw new Problem('PARAMETER', `${first?.parameter ?? 'A parameter'}: ${first?.reason ?? 'it is wrong'}.`, {
    errors,
  });
}

/** Throws PARAMETER for a name that is not known, with the nearest that is. */
export function requireKnown(given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownParameter(unknown, known);
}

const MAX_SHOWN = 64;

function unknownParameter(name: string, known: readonly string[]): Problem {
  const shown = visible(name.slice(0, MAX_SHOWN));
  const meant = nearest(name, known);
  const hint = meant === undefined ? 'there are none here' : `the nearest that there is: ${meant}`;
  return new Problem('PARAMETER', `There is no parameter ${shown}; ${hint}.`, {
    errors: [{ parameter: shown, reason: hint }],
  });
}
