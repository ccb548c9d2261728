import { hash } from 'node:crypto';
import { type Done, keyed, type KeyedTarget } from '../keyed.ts';
import { Problem } from '../problems.ts';
import type { Answer, HttpRequest } from '../route.ts';
import { originOf, type RequestOrigin } from './origin.ts';
import { type Outcome, type Piece, receive, type ReceiveOptions } from './receive.ts';
import type { IncomingRecord } from './records.ts';

/** Of what is read whole. */
export const MAX_RECORDS = 100_000;
/** What its records may add up to, with what they share for each of them, in UTF-16 units. */
const MAX_UNITS = 256 * 1024 * 1024;

/** The service of what names none, where shippers send it. */
export const UNKNOWN_SERVICE = 'unknown_service';

/** What a body has. */
export interface Contents {
  readonly records: readonly unknown[];
  /** What its records add up to: text that they share counts for each. */
  readonly units: number;
}

/** Refuses a body of too many records, or whose records repeat too much of it. Throws BODY_TOO_LARGE. */
export function requireBounded({ records, units }: Contents): void {
  if (records.length > MAX_RECORDS)
    throw new Problem(
      'BODY_TOO_LARGE',
      `A request should have at most ${MAX_RECORDS} records: send it in parts.`,
    );
  if (units > MAX_UNITS)
    throw new Problem('BODY_TOO_LARGE', 'The records of the request share too much: send it in parts.');
}

/** What is the same however a request comes. */
export interface Receiving extends Omit<ReceiveOptions, 'time'> {
  /** What its ids depend on beside its body, and its key. */
  readonly scope: readonly string[];
  /** What is answered once it will not be lost. May throw: then it is worked on again if it comes again. */
  readonly answer: (outcome: Outcome) => Answer;
}

/**
 * Receives the records that `read` finds in a body which came whole; once, however often it comes with its
 * key. Throws as `keyed` and `receive` do.
 */
export async function receiveWhole(
  request: HttpRequest,
  { body, ...receiving }: Receiving & { readonly body: Uint8Array },
  read: (time: RequestOrigin['time']) => Iterable<IncomingRecord>,
): Promise<Done> {
  return await receiveOnce(
    request,
    { ...receiving, bodyHash: () => hash('sha256', body) },
    ({ identityOf, time }) => [{ identity: identityOf(body), records: read(time) }],
  );
}

/** The same of pieces. `bodyHash`: of the first of them, where the whole is not known yet. */
export async function receiveOnce(
  request: HttpRequest,
  { scope, answer, bodyHash, wholeHash, ...options }: Receiving & Omit<KeyedTarget, 'place'>,
  pieces: (origin: RequestOrigin) => Iterable<Piece> | AsyncIterable<Piece>,
): Promise<Done> {
  return await keyed(request, { place: JSON.stringify(scope), bodyHash, wholeHash }, async (key) => {
    const origin = originOf(request, scope, key);
    const outcome = await receive(request, pieces(origin), { ...options, time: origin.time });
    return { answer: answer(outcome), keys: outcome.keys };
  });
}
