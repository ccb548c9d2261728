import type * as z from 'zod';
import type { RequestBody } from './body.ts';
import { Problem } from './problems.ts';

/** Strict: what is no UTF-8 is refused. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a body of JSON. An empty one counts as `{}`. Throws BODY, BODY_TYPE, or PARAMETER with what is wrong in it. */
export async function readJson<Schema extends z.ZodType>(
  schema: Schema,
  body: RequestBody,
): Promise<z.output<Schema>> {
  if (!['', 'application/json'].includes(body.type))
    throw new Problem('BODY_TYPE', 'Content-Type: it should be application/json.');
  const { data, error } = schema.safeParse(parsed(await body.bytes()));
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
  } catch (cause) {
    throw new Problem('BODY', 'The body should be JSON in UTF-8.', { cause });
  }
}
