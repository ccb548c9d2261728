import type * as z from 'zod';
import { type RequestBody, tooLarge } from './body.ts';
import { Problem } from './problems.ts';

/** Strict: what is no UTF-8 is refused. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Of what is asked for in JSON, and not stored as entries. */
const MAX_BYTES = 256 * 1024;

/** Reads a body of JSON. An empty one counts as `{}`. Throws BODY, BODY_TOO_LARGE, BODY_TYPE, or PARAMETER with what is wrong in it. */
export async function readJson<Schema extends z.ZodType>(
  schema: Schema,
  body: RequestBody,
): Promise<z.output<Schema>> {
  if (!['', 'application/json'].includes(body.type))
    throw new Problem('BODY_TYPE', 'Content-Type: it should be application/json.');
  const bytes = await body.bytes();
  if (bytes.length > MAX_BYTES) throw tooLarge(MAX_BYTES);
  const { data, error } = schema.safeParse(parsed(bytes));
  if (data !== undefined) return data;
  const errors = (error?.issues ?? []).map(({ path, message }) => ({
    parameter: path.map(String).join('.') || 'body',
    reason: message,
  }));
  const [first] = errors;
  throw new Problem('PARAMETER', `${first?.parameter ?? 'body'}: ${first?.reason ?? 'it is wrong'}.`, {
    errors,
  });
}

function parsed(bytes: Uint8Array): unknown {
  try {
    const text = UTF8.decode(bytes);
    return text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    // What the parser says of it repeats a piece of it, which is not for the log.
    throw new Problem('BODY', 'The body should be JSON in UTF-8.');
  }
}
