import type { Address } from '../address-text.ts';
import { ageMs } from '../run-times.ts';

/** The relative ranges that are offered, each wider than the one before; above them is all time. */
export const LADDER = ['5m', '15m', '1h', '6h', '1d', '7d', '30d'] as const;

/** A range of times in milliseconds since 1970; an end that is absent is open. */
export interface TimeSpan {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** Times as the address has them. */
export type Times = Pick<Address, 'since' | 'until'>;

const STEPS_MS = LADDER.map((age) => ageMs(age) ?? 0);
/** Ranges are as wide as a step if they differ from it by no more: what is measured takes a moment. */
const SLACK = 0.01;

/**
 * The next range of the ladder: up to now if it ended there, around the middle otherwise. Undefined: there is
 * none. `nowMs`: nothing later is looked at.
 */
export function climbed(
  { until }: Times,
  span: TimeSpan,
  { direction, nowMs }: { readonly direction: 'wider' | 'narrower'; readonly nowMs: number },
): Times | undefined {
  const { fromMs, toMs = nowMs } = span;
  const widthMs = fromMs === undefined ? Infinity : toMs - fromMs;
  const step = direction === 'wider' ? nextAbove(widthMs) : nextBelow(widthMs);
  if (step === undefined) return direction === 'wider' && fromMs !== undefined ? ALL : undefined;
  if (until === undefined) return { since: LADDER[step], until };
  const stepMs = STEPS_MS[step] ?? 0;
  const middleMs = fromMs === undefined ? toMs - stepMs / 2 : (fromMs + toMs) / 2;
  const endMs = Math.min(middleMs + stepMs / 2, nowMs);
  return between(endMs - stepMs, endMs);
}

/** All time. */
export const ALL: Times = { since: undefined, until: undefined };

/** The range half its width earlier or later, and not beyond now. Undefined: it has no beginning, or is there. */
export function shifted(
  { fromMs, toMs }: TimeSpan,
  { direction, nowMs }: { readonly direction: 'earlier' | 'later'; readonly nowMs: number },
): Times | undefined {
  if (fromMs === undefined) return undefined;
  const widthMs = (toMs ?? nowMs) - fromMs;
  const movedMs = direction === 'earlier' ? -widthMs / 2 : widthMs / 2;
  const endMs = Math.min((toMs ?? nowMs) + movedMs, nowMs);
  return endMs === (toMs ?? nowMs) ? undefined : between(endMs - widthMs, endMs);
}

function between(fromMs: number, toMs: number): Times {
  return { since: new Date(fromMs).toISOString(), until: new Date(toMs).toISOString() };
}

function nextAbove(widthMs: number): number | undefined {
  const step = STEPS_MS.findIndex((stepMs) => stepMs > widthMs * (1 + SLACK));
  return step === -1 ? undefined : step;
}

function nextBelow(widthMs: number): number | undefined {
  const step = STEPS_MS.findLastIndex((stepMs) => stepMs < widthMs * (1 - SLACK));
  return step === -1 ? undefined : step;
}
