import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { address } from '../address.ts';
import { histogram } from '../histogram.ts';
import { linesPane } from '../lines/lines.ts';
import type { PaneProblem } from '../pane.ts';
import { setTimes } from './range.ts';

/** The ends of a range, as they are typed. */
export type End = 'since' | 'until';

/** What is wrong with each end, if anything is. */
type TimeMistakes = Readonly<Partial<Record<End, string | undefined>>>;

const TIMES: ReadonlySet<string> = new Set(['since', 'until', 'tz']);

const typed = signal<Readonly<Record<End, string>>>({ since: '', until: '' });
const found = signal<TimeMistakes>({});

/** What stands in the fields. */
export const times: ReadonlySignal<Readonly<Record<End, string>>> = typed;

/** What the server found wrong with the times of the question, or their zone. */
export const refusedTimes: ReadonlySignal<PaneProblem['mistake']> = computed(() =>
  [linesPane.problem.value, histogram.problem.value]
    .map((problem) => problem?.mistake)
    .find((mistake) => mistake !== undefined && TIMES.has(mistake.parameter)),
);

/** What is wrong with what stands in the fields, as this page or the server reads it. */
export const timeMistakes: ReadonlySignal<TimeMistakes> = computed(() => {
  const { since = '', until = '' } = address.value;
  const isAsked = typed.value.since === since && typed.value.until === until;
  const refused = refusedTimes.value;
  return isAsked && refused !== undefined
    ? { [refused.parameter]: refused.reason, ...found.value }
    : found.value;
});

/** Types an end. */
export function typeTime(end: End, text: string): void {
  typed.value = { ...typed.peek(), [end]: text };
  found.value = { ...found.peek(), [end]: undefined };
}

/** Asks for the range that is typed. False: something is wrong with it, and stands beside it. */
export async function applyTimes(): Promise<boolean> {
  const { since, until } = typed.peek();
  const [from, to] = [since.trim() || undefined, until.trim() || undefined];
  found.value = { since: await mistakeOf(from), until: await mistakeOf(to) };
  if (found.value.since !== undefined || found.value.until !== undefined) return false;
  setTimes({ since: from, until: to });
  return true;
}

effect(() => {
  const { since = '', until = '' } = address.value;
  typed.value = { since, until };
  found.value = {};
});

async function mistakeOf(text: string | undefined): Promise<string | undefined> {
  if (text === undefined) return undefined;
  try {
    const { mistakeInTime } = await import('./parsing.ts');
    const wrong = mistakeInTime(text, { nowMs: Date.now(), zone: address.peek().tz });
    return wrong && `${wrong.message} Expected ${wrong.expected}.`;
  } catch {
    // The server reads it, too.
    return undefined;
  }
}
