import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { address, go } from '../address.ts';
import { type Run, run } from '../run.ts';
import { isMoment, isRelative } from '../run-times.ts';
import { climbed, shifted, type Times, type TimeSpan } from './ladder.ts';

const TICK_MS = 15_000;

const read = signal<{ readonly number: number; readonly span: TimeSpan | undefined } | undefined>(undefined);
const clock = signal(Date.now());

/** About now, for what is said of it. */
export const nowMs: ReadonlySignal<number> = clock;

/** From when to when the question asks. Undefined: that is not known yet, or can't be read. */
export const span: ReadonlySignal<TimeSpan | undefined> = computed(() => {
  const { number } = run.value;
  return momentsOf(run.value) ?? (read.value?.number === number ? read.value.span : undefined);
});

/** Whether the times of the question were measured from an earlier moment than now. */
export const isEarlier: ReadonlySignal<boolean> = computed(() => {
  const { since, until, at } = address.value;
  const isMeasured = isRelative(since) || isRelative(until);
  return isMeasured && at !== undefined && clock.value - Date.parse(at) > 60_000;
});

/** Asks for other times; Back leads to those before. */
export function setTimes({ since, until }: Times): void {
  const { until: before, isLive } = address.peek();
  // What had an end goes on with what comes when it has none any more; who paused stays so.
  const goesOn = until === undefined && (isLive || before !== undefined);
  go({ since, until, at: undefined, isLive: goesOn, entry: undefined });
}

/** The next wider or narrower range. False: there is none, or it is not known which it is. */
export function climb(direction: 'wider' | 'narrower'): boolean {
  return setTimesTo(climbed(address.peek(), span.peek() ?? {}, { direction, nowMs: Date.now() }));
}

/** The range half its width earlier or later. False: there is none. */
export function shift(direction: 'earlier' | 'later'): boolean {
  return setTimesTo(shifted(span.peek() ?? {}, { direction, nowMs: Date.now() }));
}

function setTimesTo(times: Times | undefined): boolean {
  if (times === undefined || span.peek() === undefined) return false;
  setTimes(times);
  return true;
}

effect(() => {
  const asked = run.value;
  clock.value = Date.now();
  if (momentsOf(asked) !== undefined) return;
  void readSpanOf(asked).then((found) => {
    read.value = { number: asked.number, span: found };
  });
});
setInterval(() => {
  clock.value = Date.now();
}, TICK_MS);

async function readSpanOf({ since, until, tz }: Run): Promise<TimeSpan | undefined> {
  try {
    const { readSpan } = await import('./parsing.ts');
    return readSpan({ since, until }, { nowMs: Date.now(), zone: tz });
  } catch {
    // Without it the times are shown as they were written.
    return undefined;
  }
}

function momentsOf({ since, until }: Run): TimeSpan | undefined {
  const [fromMs, toMs] = [since, until].map((text) =>
    text === undefined ? undefined : isMoment(text) ? Date.parse(text) : NaN,
  );
  return Number.isNaN(fromMs) || Number.isNaN(toMs) ? undefined : { fromMs, toMs };
}
