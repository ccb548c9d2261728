import type { ErrorCode } from '../errors/catalogue.ts';
import { LmsError } from '../errors/catalogue.ts';

/**
 * Everything that a request can be refused with: its status, and the title of the problem. Codes that commands
 * end with too are those of the catalogue. docs/errors.md shows the same table; a test holds the two together.
 */
export const PROBLEMS = {
  PARAMETER: { status: 400, title: 'A parameter is wrong' },
  EXPRESSION: { status: 400, title: 'The question cannot be read' },
  CURSOR: { status: 400, title: 'The cursor does not fit the question' },
  REQUEST: { status: 400, title: 'The request cannot be read' },
  BODY: { status: 400, title: 'The body cannot be read' },
  RECORDS: { status: 400, title: 'No record can be taken' },
  TOKEN: { status: 401, title: 'A token is needed' },
  HOST: { status: 403, title: 'Not for this host' },
  ORIGIN: { status: 403, title: 'Not from another page' },
  SCOPE: { status: 403, title: 'The token does not allow this' },
  NO_ENTRY: { status: 404, title: 'There is no such entry' },
  NO_RECORD: { status: 404, title: 'There is none of this id' },
  NO_RESOURCE: { status: 404, title: 'There is nothing here' },
  METHOD: { status: 405, title: 'The method is not allowed' },
  NOT_ACCEPTABLE: { status: 406, title: 'There is no such format' },
  CONFLICT: { status: 409, title: 'It is not as it was' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  BODY_TYPE: { status: 415, title: 'The type of the body is not known here' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests' },
  STOPPING: { status: 503, title: 'The server is about to end' },
  BUSY: { status: 503, title: 'Too many questions at once' },
  OVERLOADED: { status: 503, title: 'Too much is on its way' },
  PUBSUB_UNREACHABLE: { status: 503, title: 'Pub/Sub does not answer' },
  PUBSUB_DENIED: { status: 503, title: 'Pub/Sub refuses the server' },
  PUBSUB_NOT_FOUND: { status: 503, title: 'The topic is not there' },
  PUBSUB_FAILED: { status: 503, title: 'Pub/Sub failed' },
  DATABASE_UNREACHABLE: { status: 503, title: 'The database does not answer' },
  DATABASE_DENIED: { status: 503, title: 'The database refuses the server' },
  DATABASE_MISSING: { status: 503, title: 'The database is not there' },
  DATABASE_FAILED: { status: 503, title: 'The database failed' },
  DATABASE_TOO_SLOW: { status: 503, title: 'The database took too long' },
  SCHEMA_VERSION: { status: 503, title: 'The tables are of another release' },
  BUG: { status: 500, title: 'The server has a fault' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

/** Name of a problem. */
export type ProblemCode = keyof typeof PROBLEMS;

/** What a problem says besides. */
export interface ProblemDetails {
  /** The parameters that are wrong, and why. */
  readonly errors?: readonly { readonly parameter: string; readonly reason: string }[];
  /** Where in the parameter the first mistake is, in UTF-16 units, and how long it is. */
  readonly at?: number;
  readonly length?: number;
  /** How many records of the request are safe, whatever became of the rest. */
  readonly received?: number;
  /** The records that were not taken: their places from 0, and why. */
  readonly refused?: readonly { readonly place: number; readonly code: string; readonly reason: string }[];
}

/** A request that is refused: expected, and told to whoever asked. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly details: ProblemDetails;
  /** Headers that go with it. */
  readonly headers: Readonly<Record<string, string>>;

  /** `message`: one sentence, without a secret or a payload. */
  constructor(
    code: ProblemCode,
    message: string,
    {
      headers = {},
      cause,
      ...details
    }: ProblemDetails & ErrorOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.details = details;
    this.headers = headers;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  /** As RFC 9457 has it. */
  body(requestId: string): string {
    const { code, status, message: detail, details } = this;
    const { title } = PROBLEMS[code];
    return `${JSON.stringify({ type: 'about:blank', title, status, detail, code, ...details, requestId })}\n`;
  }
}

/** Seconds after which it may be tried again. */
const RETRY_AFTER = { 'retry-after': '5' };

/**
 * The problem that any failure is for whoever asked. What the database or Pub/Sub said stays in the server's log: names
 * of hosts and users are not for readers.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof LmsError && isOutage(error.code))
    return new Problem(error.code, `${PROBLEMS[error.code].title}: the log of the server says why.`, {
      headers: RETRY_AFTER,
    });
  if (isRefusalOfServer(error)) return new Problem('REQUEST', error.message);
  return new Problem('BUG', 'The log of the server says more, by the id of the request.');
}

type Outage = Extract<ErrorCode, `DATABASE_${string}` | `PUBSUB_${string}` | 'SCHEMA_VERSION'>;

function isOutage(code: ErrorCode): code is Outage {
  return /^(DATABASE_|PUBSUB_|SCHEMA_VERSION$)/.test(code);
}

/** The library's own: a path that is no URL, a body that is too long. */
function isRefusalOfServer(error: unknown): error is Error {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;
}
