import type { LiveNote } from './messages.ts';
import { covers } from './open-gaps.ts';

/** What is said of a time of which something was missing. */
export interface ShownNote {
  readonly from: string;
  readonly to: string;
  /** `open`: it is looked up; `filled`: nothing is missing any more; `incomplete`: something may stay so. */
  readonly state: 'open' | 'filled' | 'incomplete';
  /** How many were left out because they came too fast; 0: it is not known that any were. */
  readonly skipped: number;
  /** How many were found. */
  readonly found: number;
  /** When it came to this state: milliseconds, by the clock of whoever shows it. */
  readonly sinceMs: number;
}

/** That all is well again is shown for so long. */
const FILLED_SHOWN_MS = 10_000;
const MAX_SHOWN = 20;

/** What is shown once one more note has come. */
export function withNote(shown: readonly ShownNote[], note: LiveNote, nowMs: number): readonly ShownNote[] {
  const { kind, from, to, count } = note;
  if (kind === 'gap' || kind === 'skipped') {
    const skipped = kind === 'skipped' ? count : 0;
    const next: ShownNote = { from, to, state: 'open', skipped, found: 0, sinceMs: nowMs };
    // The same is said again where a stream took the place of another.
    const others = shown.filter((each) => each.state !== 'open' || !covers(next, each) || each.skipped > 0);
    return [...others, next].slice(-MAX_SHOWN);
  }
  const ended = shown.filter((each) => each.state === 'open' && covers(note, each));
  if (ended.length === 0 && kind === 'filled') return shown;
  const skipped = ended.reduce((sum, each) => sum + each.skipped, 0);
  const state = kind === 'filled' ? 'filled' : 'incomplete';
  const end: ShownNote = { from, to, state, skipped, found: kind === 'filled' ? count : 0, sinceMs: nowMs };
  return [...shown.filter((each) => !ended.includes(each)), end].slice(-MAX_SHOWN);
}

/** What is still shown at a moment: what is well again goes after a while. */
export function stillShown(shown: readonly ShownNote[], nowMs: number): readonly ShownNote[] {
  const left = shown.filter(({ state, sinceMs }) => state !== 'filled' || nowMs - sinceMs < FILLED_SHOWN_MS);
  return left.length === shown.length ? shown : left;
}
