import { effect, type ReadonlySignal, signal } from '@preact/signals';
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
  /** Whether it goes on with what comes. */
  readonly isLive: boolean;
}

const again = signal(0);
const current = signal<Run>({ number: 0, ...questionOf(address.peek()) });
let asked = '';

/** The question that is asked now. */
export const run: ReadonlySignal<Run> = current;

/** Asks again, and measures relative times from now. */
export function runAgain(): void {
  again.value += 1;
  go({ at: undefined }, 'replace');
}

effect(() => {
  const from = address.value;
  if (isUnmeasured(from)) {
    // Whoever opens this address later sees the same times. It makes this effect run again.
    go({ at: new Date().toISOString() }, 'replace');
    return;
  }
  const question = questionOf(from);
  const key = JSON.stringify({ ...question, again: again.value });
  if (key === asked) return;
  asked = key;
  current.value = { number: current.peek().number + 1, ...question };
});

function isUnmeasured({ since, until, at }: Address): boolean {
  return at === undefined && (isRelative(since) || isRelative(until));
}

function questionOf({ q, tz, since, until, at, isLive }: Address): Omit<Run, 'number'> {
  const atMs = at === undefined ? Date.now() : Date.parse(at);
  const end = until ?? (isLive ? undefined : at);
  return { q, tz, since: resolvedTime(since, atMs), until: resolvedTime(end, atMs), isLive };
}
