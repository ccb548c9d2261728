import { type ErrorCode, LmsError } from './catalogue.ts';

/** How a server refused. */
export interface RefusalTerms {
  /** Of HTTP. */
  readonly status: number;
  /** How long it asks to wait before the next request; undefined: it says nothing. */
  readonly retryAfterMs: number | undefined;
  /** The first of the records that it will never take, if it says so of all of them: their places, and why. */
  readonly refused?: readonly { readonly place: number; readonly reason: string }[] | undefined;
}

/** That a server refused what it was asked. */
export class Refusal extends LmsError {
  readonly terms: RefusalTerms;

  constructor(code: ErrorCode, message: string, terms: RefusalTerms) {
    super(code, message);
    this.terms = terms;
  }
}
