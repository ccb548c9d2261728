import type * as z from 'zod';
import { readParameters } from './parameters.ts';
import type { Answer, HttpRequest, Route } from './route.ts';

/** A request whose parameters are read. */
export interface Asked<Params, Query> extends Omit<HttpRequest, 'params' | 'query'> {
  readonly params: Params;
  readonly query: Query;
}

/** What there is at a path, said once: it validates, types and documents. */
interface Definition<Params extends z.ZodObject, Query extends z.ZodObject> extends Pick<
  Route,
  'method' | 'path' | 'scope'
> {
  readonly summary: string;
  readonly params: Params;
  readonly query: Query;
  /** What is sent, by its content type: documents it. The body is read by `answer`. */
  readonly body?: Readonly<Record<string, z.ZodType>>;
  /** Of answers that are no problems, and what each means; 200 if absent. */
  readonly statuses?: readonly { readonly status: number; readonly when: string }[];
  /** Of the answer in JSON: documents it, and tests hold answers to it. */
  readonly response: z.ZodType;
  /** It is answered with a stream of events, and not with JSON. */
  readonly isStream?: boolean;
  /** Content types that it is answered with besides JSON. */
  readonly otherTypes?: readonly string[];
  readonly answer: (asked: Asked<z.output<Params>, z.output<Query>>) => Promise<Answer>;
}

/** What is done at a path, and documented. */
export interface Resource extends Route, Omit<Definition<z.ZodObject, z.ZodObject>, 'answer'> {}

/** Makes a resource of its definition. */
export function resource<Params extends z.ZodObject, Query extends z.ZodObject>({
  answer,
  ...definition
}: Definition<Params, Query>): Resource {
  return {
    ...definition,
    respond: (request) =>
      answer({
        ...request,
        params: readParameters(definition.params, request.params),
        query: readParameters(definition.query, request.query),
      }),
  };
}

/** An answer in JSON. */
export function json(value: unknown, status = 200): Answer {
  return { status, contentType: JSON_TYPE, body: `${JSON.stringify(value)}\n` };
}

/** Its content type. */
export const JSON_TYPE = 'application/json; charset=utf-8';
