import type * as z from 'zod';
import type { Means } from '../query/answers/page.ts';
import { readParameters } from './parameters.ts';

/** What an answer is sent as. */
export interface Answer {
  readonly contentType: string;
  /** Whole, or piece by piece. */
  readonly body: string | AsyncIterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is only known once a body of pieces has ended. */
  readonly trailers?: Readonly<Record<string, () => string>>;
}

/**
 * Asks the database in turn with others: see `QueryGate.inTurn`. Aborted once whoever asked has gone, or the
 * server ends.
 */
export type Ask = <T>(work: (means: Means) => Promise<T>, isPatient?: boolean) => Promise<T>;

/** A request, as far as resources look at it. */
export interface RawRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly accept: string | undefined;
  /** The moment that times are measured from, in milliseconds since 1970: one for the whole request. */
  readonly nowMs: number;
  readonly ask: Ask;
}

/** A request whose parameters are read. */
export interface Asked<Params, Query> extends Omit<RawRequest, 'params' | 'query'> {
  readonly params: Params;
  readonly query: Query;
}

/** What there is at a path, said once: it validates, types and documents. */
interface Definition<Params extends z.ZodObject, Query extends z.ZodObject> {
  /** With `{name}` for a parameter. */
  readonly path: string;
  readonly summary: string;
  readonly params: Params;
  readonly query: Query;
  /** Of the answer in JSON: documents it, and tests hold answers to it. */
  readonly response: z.ZodType;
  /** Content types that it is answered with besides JSON. */
  readonly otherTypes?: readonly string[];
  readonly answer: (asked: Asked<z.output<Params>, z.output<Query>>) => Promise<Answer>;
}

/** What can be read at a path. */
export interface Resource extends Omit<Definition<z.ZodObject, z.ZodObject>, 'answer'> {
  /** Throws `Problem`. */
  readonly respond: (request: RawRequest) => Promise<Answer>;
}

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
export function json(value: unknown): Answer {
  return { contentType: JSON_TYPE, body: `${JSON.stringify(value)}\n` };
}

/** Its content type. */
export const JSON_TYPE = 'application/json; charset=utf-8';
