import type { components } from './openapi.ts';

type Problem = components['schemas']['Problem'];

/** What a problem says beside its code and detail, where it has it; the server's document says what each is. */
export interface ProblemDetails extends Partial<Problem> {
  /** After how many milliseconds it may be tried again. */
  readonly retryAfterMs?: number | undefined;
}

/** Codes of the server's, of this client's own, and of servers of later releases. */
export type ProblemCode =
  | Problem['code']
  | typeof UNREACHABLE
  | typeof REFUSED
  | typeof NOT_FOUND_IN_TIME
  | (string & Record<never, never>);

/** Nothing answered. */
export const UNREACHABLE = 'SERVER_UNREACHABLE';
/** What answered is no LMS server. */
export const REFUSED = 'SERVER_REFUSED';
/** What was waited for has not come. */
export const NOT_FOUND_IN_TIME = 'NOT_FOUND_IN_TIME';

/** What a server refused, or why it did not answer. */
export class LmsProblem extends Error {
  override readonly name = 'LmsProblem';
  /** What it is, for programs. */
  readonly code: ProblemCode;
  /** The status of the answer; 0: there was none. */
  readonly status: number;
  /** What it is, for people. */
  readonly detail: string;
  readonly details: ProblemDetails;

  constructor(
    code: ProblemCode,
    {
      status,
      detail,
      details = {},
      cause,
    }: {
      readonly status: number;
      readonly detail: string;
      readonly details?: ProblemDetails;
      readonly cause?: unknown;
    },
  ) {
    super(`${code}: ${detail}`, cause === undefined ? {} : { cause });
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.details = details;
  }
}

/** Whether another try would change nothing: the request is wrong, or not allowed. */
export function isFinal(error: unknown): boolean {
  if (!(error instanceof LmsProblem)) return false;
  const { status } = error;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
