import { problemOf } from './problems.ts';
import type { Answer, HttpRequest } from './route.ts';
import type { Outcome, Protocol } from './server-events.ts';

/** Entries by what became of them. */
export interface Fates {
  readonly accepted: number;
  /** Those that are dead letters, and those that the token may not write. */
  readonly rejected: number;
}

/** Counts the entries of one request by what became of them. */
export class Tally {
  #taken = 0;
  readonly #confirmed = { accepted: 0, rejected: 0 };

  /** So many more were found in the request. */
  take(entries: number): void {
    this.#taken += entries;
  }

  /** Of those that were found, these are safe. */
  confirm({ accepted, rejected }: Fates): void {
    this.#confirmed.accepted += accepted;
    this.#confirmed.rejected += rejected;
  }

  get confirmed(): Fates {
    return this.#confirmed;
  }

  /** Those of which nobody knows. A request that was refused before any was found in it counts as one. */
  get lost(): number {
    const { accepted, rejected } = this.#confirmed;
    return this.#taken === 0 ? 1 : this.#taken - accepted - rejected;
  }
}

/**
 * Answers requests that bring entries, and tells what became of them. What was known by its key and brings
 * nothing again tells nothing.
 */
export function tallied<Request extends Pick<HttpRequest, 'services'>>(
  protocol: Protocol,
  respond: (request: Request, tally: Tally) => Promise<Answer>,
): (request: Request) => Promise<Answer> {
  return async (request) => {
    const { events } = request.services;
    const tally = new Tally();
    const tell = (outcome: Outcome, entries: number) => {
      if (entries > 0) events.received(protocol, outcome, entries);
    };
    try {
      return await respond(request, tally);
    } catch (error) {
      tell(outcomeOf(error), tally.lost);
      throw error;
    } finally {
      tell('accepted', tally.confirmed.accepted);
      tell('rejected', tally.confirmed.rejected);
    }
  };
}

function outcomeOf(error: unknown): Outcome {
  const { code, status } = problemOf(error);
  if (code === 'OVERLOADED') return 'overloaded';
  return status >= 500 ? 'failed' : 'rejected';
}
