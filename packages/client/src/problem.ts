/** A record that a request was not taken with. */
export interface RefusedRecord {
  /** Which record of the request it is, from 0. */
  readonly place: number;
  readonly code: string;
  readonly reason: string;
}

/** What a problem says beside its code, where it has it. */
export interface ProblemDetails {
  /** What is wrong with which parameter. */
  readonly errors?: readonly { readonly parameter: string; readonly reason: string }[];
  /** Where in an expression the first mistake is, in UTF-16 units. */
  readonly at?: number;
  readonly length?: number;
  /** How many records of the request are safe, whatever became of the rest. */
  readonly received?: number;
  /** The records that were not taken. */
  readonly refused?: readonly RefusedRecord[];
  /** By which the server's log has the request. */
  readonly requestId?: string;
  /** After how many seconds it may be tried again. */
  readonly retryAfterSeconds?: number;
}

/** Codes that are this client's own: every other is the server's. */
export const UNREACHABLE = 'SERVER_UNREACHABLE';
export const REFUSED = 'SERVER_REFUSED';

/** What a server refused, or why it did not answer. */
export class LmsProblem extends Error {
  override readonly name = 'LmsProblem';
  /**
   * What it is, for programs: a code of the server's, `SERVER_UNREACHABLE` if nothing answered, or
   * `SERVER_REFUSED` if what answered is no LMS server, or says no more.
   */
  readonly code: string;
  /** The status of the answer; 0: there was none. */
  readonly status: number;
  /** What it is, for people. */
  readonly detail: string;
  readonly details: ProblemDetails;

  constructor(
    code: string,
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
