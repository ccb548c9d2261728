import * as z from 'zod';
import { PROBLEMS } from './problems.ts';
import type { Resource } from './resource.ts';

/** A problem as RFC 9457 has it: what `Problem.body` writes. */
export const PROBLEM = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(Object.keys(PROBLEMS)),
  errors: z.array(z.strictObject({ parameter: z.string(), reason: z.string() })).optional(),
  at: z.int().optional().meta({ description: 'Where in the parameter the first mistake is (UTF-16 units).' }),
  length: z.int().optional(),
  received: z
    .int()
    .optional()
    .meta({ description: 'How many records of the request are safe, whatever became of the rest.' }),
  refused: z
    .array(z.strictObject({ place: z.int(), code: z.string(), reason: z.string() }))
    .optional()
    .meta({ description: 'The records that were not taken: their places from 0, and why.' }),
  requestId: z.string(),
});

/** The document that describes the resources: OpenAPI 3.1, made of the schemas that requests are read by. */
export function openApiDocument(resources: readonly Resource[], release: string): string {
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'LMS',
      version: release,
      description:
        'Log entries: find, count, list. docs/api.md has examples, docs/query-language.md the language.',
    },
    paths: Object.fromEntries(
      [...Map.groupBy(resources, ({ path }) => path)].map(([path, ofPath]) => [
        path,
        Object.fromEntries(ofPath.map((each) => [each.method.toLowerCase(), operation(each)])),
      ]),
    ),
    security: [{ bearer: [] }, { header: [] }],
    components: {
      schemas: { Problem: schemaOf(PROBLEM, 'output') },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token that `lms token create` made.' },
        header: { type: 'apiKey', in: 'header', name: 'X-Auth-Token', description: 'The same token.' },
      },
    },
  };
  return `${JSON.stringify(document)}\n`;
}

const USUAL_STATUSES = [{ status: 200, when: 'The answer' }];

function answer({ response, isStream, otherTypes = [] }: Resource, description: string): object {
  const others = otherTypes.map((type) => [type, { schema: { type: 'string' } }] as const);
  const content = {
    [isStream === true ? 'text/event-stream' : 'application/json']: { schema: schemaOf(response, 'output') },
    ...Object.fromEntries(others),
  };
  return { description, content };
}

function operation(resource: Resource): object {
  const { path, method, summary, params, query, body, statuses = USUAL_STATUSES } = resource;
  const name = path
    .replace(/^\/api\/v1\//, '')
    .replace(/[^a-z]+(\w|$)/gi, (_, next: string) => next.toUpperCase());
  return {
    operationId:
      method === 'GET' ? name : `${method.toLowerCase()}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    tags: [path.split('/')[3]],
    summary,
    parameters: [...parameters(params, 'path'), ...parameters(query, 'query')],
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          Object.entries(body).map(([type, schema]) => [type, { schema: schemaOf(schema, 'input') }]),
        ),
      },
    }),
    responses: {
      ...Object.fromEntries(statuses.map(({ status, when }) => [status, answer(resource, when)])),
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function parameters(schema: z.ZodObject, place: 'path' | 'query'): object[] {
  return Object.entries<z.ZodType>(schema.shape).map(([name, type]) => {
    const { description, ...rest } = schemaOf(type, 'input');
    const absent = type.safeParse(undefined);
    const usual = absent.success && absent.data !== undefined ? { default: absent.data } : {};
    return {
      name,
      in: place,
      required: !absent.success,
      ...(description !== undefined && { description }),
      schema: { ...rest, ...usual },
    };
  });
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const made = Object.entries(z.toJSONSchema(schema, { io, unrepresentable: 'any' }));
  return Object.fromEntries(made.filter(([name]) => name !== '$schema'));
}
