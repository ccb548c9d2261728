import type * as z from 'zod';
import type { RequestBody } from './body.ts';
import { Problem } from './problems.ts';

/** Reads a body of JSON. Throws BODY with what is wrong, and as `RequestBody.text` does. */
export async function readJson<Schema extends z.ZodType>(
  schema: Schema,
  body: RequestBody,
): Promise<z.output<Schema>> {
  let json: unknown;
  try {
    json = JSON.parse(await body.text());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Problem('BODY', 'It is no JSON.');
  }
  const { data, error } = schema.safeParse(json);
  if (error === undefined) return data;
  const [first] = error.issues;
  const place = first?.path.join('.') ?? '';
  throw new Problem('BODY', `${place === '' ? 'The body' : place}: ${first?.message ?? 'it is wrong'}.`);
}
