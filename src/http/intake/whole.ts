import { Problem } from '../problems.ts';
import type { HttpRequest } from '../route.ts';
import { originOf, type RequestOrigin } from './origin.ts';
import { type Outcome, receive, type ReceiveOptions } from './receive.ts';
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

/** Receives the records that `read` finds in a body which came whole. Throws as `originOf` and `receive` do. */
export async function receiveWhole(
  request: HttpRequest,
  { protocol, body, scope, onRefused }: WholeBody,
  read: (time: RequestOrigin['time']) => Iterable<IncomingRecord>,
): Promise<Outcome> {
  const origin = await originOf(request, scope, body);
  const piece = { identity: origin.identityOf(body), records: read(origin.time) };
  return await receive(request, [piece], { protocol, time: origin.time, ...(onRefused && { onRefused }) });
}

interface WholeBody extends Pick<ReceiveOptions, 'onRefused' | 'protocol'> {
  readonly body: Uint8Array;
  /** What its ids depend on beside it. */
  readonly scope: readonly string[];
}
