import { batch, effect, type ReadonlySignal, signal } from '@preact/signals';
import { address, go } from './address.ts';
import type { Address } from './address-text.ts';
import { isRelative, resolvedTime } from './run-times.ts';

/** A question as all panes ask it: relative times were measured once, for all of them. */
export interface Run {
  /** Another one for each run. */
  readonly number: number;
  readonly q: string;
  readonly tz: string;
  readonly since: string | undefined;
  readonly until: string | undefined;
  /** Whether it was asked to go on with what comes; whether it still does is what the address says. */
  readonly isLive: boolean;
}

const again = signal(0);
const current = signal<Run>({ number: 0, ...questionOf(address.peek()) });
let asked = '';
let repeated = 0;

/** The question that is asked now. */
export const run: ReadonlySignal<Run> = current;

/** Asks again, and measures relative times from now. */
export function runAgain(): void {
  batch(() => {
    again.value += 1;
    go({ at: undefined }, 'replace');
  });
}

/** Asks the same again: of the same times. */
export function repeatRun(): void {
  again.value += 1;
}

/**
 * Lets what comes in, or not any longer. What is there stays as it is, and is not asked for again; but where it ends
 * before now, it is asked for up to now first.
 */
export function setLive(isLive: boolean): void {
  const from = address.peek();
  if (isLive && current.peek().until !== undefined) {
    go({ isLive, until: undefined, entry: undefined, at: undefined });
    return;
  }
  // Whoever opens this address later sees what is seen now: up to now, if nothing more comes in.
  const isMeasured = isRelative(from.since) || isRelative(from.until);
  const at = isLive ? (isMeasured ? from.at : undefined) : new Date().toISOString();
  asked = keyOf({ ...from, isLive, at });
  go({ isLive, at }, 'replace');
}

effect(() => {
  const from = address.value;
  if (isUnmeasured(from)) {
    // Whoever opens this address later sees the same times. It makes this effect run again.
    go({ at: new Date().toISOString() }, 'replace');
    return;
  }
  const question = questionOf(from);
  const key = keyOf(from);
  if (key === asked && again.value === repeated) return;
  asked = key;
  repeated = again.value;
  current.value = { number: current.peek().number + 1, ...question };
});

/** Equal for addresses that ask the same. */
function keyOf({ q, tz, since, until, at, isLive }: Address): string {
  return JSON.stringify([q, tz, since, until, at, isLive]);
}

function isUnmeasured({ since, until, at }: Address): boolean {
  return at === undefined && (isRelative(since) || isRelative(until));
}

function questionOf({ q, tz, since, until, at, isLive }: Address): Omit<Run, 'number'> {
  const atMs = at === undefined ? Date.now() : Date.parse(at);
  const end = until ?? (isLive ? undefined : at);
  return { q, tz, since: resolvedTime(since, atMs), until: resolvedTime(end, atMs), isLive };
}
