import * as fc from 'fast-check';
import * as arbitrary from '../query/arbitraries.ts';

/** A schema of the document, as far as requests are made of it. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, unknown>> }>>;
}

/** The document, as far as it is looked at. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** A request that the document describes, or nearly. */
export interface MadeRequest {
  /** As in the document. */
  readonly path: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What people and attackers write where something else should be. */
const HOSTILE = fc.constantFrom(
  '',
  '0',
  '-1',
  '1e9',
  'NaN',
  '9'.repeat(400),
  "' OR 1=1 --",
  '"; DROP TABLE service_logs; --',
  '`x`',
  '${7*7}',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '\u0000',
  '\ud800'.toWellFormed(),
  '%00',
  '%',
  '[]',
  '{}',
  '{"__proto__":{"x":1}}',
  '1000-01-01',
  '9999-12-31T23:59:59.999999Z',
  '@-1',
  '-9999w',
  'all',
  'true',
  '(((('.repeat(500),
  'NOT '.repeat(2_000),
);

/** Requests to all operations of a document: right by their schemas, and wrong in every way. */
export function requestsOf(
  document: Document,
  {
    given,
    without,
  }: { readonly given: Readonly<Record<string, string>>; readonly without: readonly string[] },
): fc.Arbitrary<MadeRequest> {
  const operations = Object.entries(document.paths)
    .filter(([path]) => !without.includes(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
  return fc.constantFrom(...operations).chain(({ path, method, operation }) =>
    fc
      .record({
        parameters: parametersOf(operation.parameters, given),
        extra: fc.oneof(
          { weight: 7, arbitrary: fc.constant(null) },
          { weight: 1, arbitrary: fc.tuple(arbitrary.texts, HOSTILE) },
        ),
        body: bodyOf(operation),
      })
      .map(({ parameters, extra, body }) => {
        const query = new URLSearchParams(extra === null ? [] : [[...extra]]);
        let filled = path;
        for (const { parameter, value } of parameters) {
          if (parameter.in === 'path')
            filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(value));
          else query.append(parameter.name, value);
        }
        const headers = body === undefined ? {} : { 'content-type': body.type };
        return {
          path,
          method: method.toUpperCase(),
          url: `${filled}?${query.toString()}`,
          headers,
          body: body?.text,
        };
      }),
  );
}

function parametersOf(
  parameters: readonly Parameter[],
  given: Readonly<Record<string, string>>,
): fc.Arbitrary<readonly { readonly parameter: Parameter; readonly value: string }[]> {
  const each = parameters.map((parameter) => {
    const right = valueOf(parameter.schema).map((value) =>
      typeof value === 'string' ? value : JSON.stringify(value),
    );
    const known = given[parameter.name];
    const value = fc.oneof(
      { weight: 6, arbitrary: known === undefined ? right : fc.constant(known) },
      { weight: 1, arbitrary: HOSTILE },
      { weight: 1, arbitrary: arbitrary.texts },
    );
    const present = value.map((text) => ({ parameter, value: text }));
    return parameter.in === 'path' ? present : fc.option(present, { freq: parameter.required ? 10 : 1 });
  });
  return fc.tuple(...each).map((list) => list.filter((item) => item !== null));
}

function bodyOf({
  requestBody,
}: Operation): fc.Arbitrary<{ readonly type: string; readonly text: string } | undefined> {
  const contents = Object.entries(requestBody?.content ?? {});
  if (contents.length === 0) return fc.constant(undefined);
  return fc
    .constantFrom(...contents)
    .chain(([type, { schema }]) =>
      fc
        .oneof(
          { weight: 4, arbitrary: valueOf(schema).map((value) => JSON.stringify(value)) },
          { weight: 2, arbitrary: fc.json() },
          { weight: 1, arbitrary: HOSTILE },
        )
        .map((text) => ({ type, text })),
    );
}

/** A value that a schema allows. */
function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.examples !== undefined) return fc.constantFrom(...schema.examples);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valueOf));
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  switch (type) {
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1_000, 2 ** 31 - 1) });
    case 'number':
      return fc.double({ noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valueOf(schema.items ?? {}), { maxLength: 3 });
    case 'object':
      return objectOf(schema);
    case 'string':
      return arbitrary.texts;
    case undefined:
    default:
      return fc.jsonValue();
  }
}

function objectOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const values = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, valueOf(schema)]),
  );
  return fc.record(values, { requiredKeys: [...required].filter((name) => name in values) });
}
