import type { Address } from '../address-text.ts';
import { isMoment } from '../run-times.ts';
import type { TimeSpan } from './ladder.ts';

/** What a question asks for now. */
export interface AskedTimes {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly span: TimeSpan | undefined;
}

/** The address of the same question, its times measured whenever it is opened. */
export function relativeAddress(address: Address): Address {
  return { ...address, at: undefined, entry: undefined, isLive: address.until === undefined };
}

/** The address of these very times: what comes later stays out. Undefined: it is not known which they are. */
export function absoluteAddress(
  address: Address,
  { since, until, span }: AskedTimes,
  nowMs: number,
): Address | undefined {
  const from = momentOf(since, span?.fromMs);
  // A time with milliseconds is part of the range, up to the next one.
  const to = until === undefined ? iso(nowMs) : momentOf(until, span?.toMs && span.toMs - 1);
  if ((since !== undefined && from === undefined) || to === undefined) return undefined;
  return { ...address, since: from, until: to, at: undefined, isLive: false };
}

function momentOf(text: string | undefined, ms: number | undefined): string | undefined {
  if (text !== undefined && isMoment(text)) return text;
  return ms === undefined ? undefined : iso(ms);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
