import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { browserClock } from './clock.ts';
import type { LiveNote, StreamState } from './messages.ts';
import { type ShownNote, stillShown, withNote } from './notes.ts';

/** Whether lines come by themselves, and why not. `off`: nobody wants it; `hidden`: nobody sees it. */
export type LiveState = StreamState | { readonly kind: 'off' | 'hidden' };

const state = signal<LiveState>({ kind: 'off' });
const notes = signal<readonly ShownNote[]>([]);

export const liveState: ReadonlySignal<LiveState> = state;
/** How far what is shown is behind what is published, in milliseconds; 0: not so far that anybody would see it. */
export const liveLagMs: ReadonlySignal<number> = computed(() =>
  state.value.kind === 'on' ? state.value.lagMs : 0,
);
/** What is said of times of which something was missing. */
export const liveNotes: ReadonlySignal<readonly ShownNote[]> = notes;
/** More came meanwhile than is worth filling in: between what is shown and what comes something is left out. */
export const hasMissedTooMuch = signal(false);

/** The same is said every two seconds. */
export function setLiveState(next: LiveState): void {
  if (JSON.stringify(next) !== JSON.stringify(state.peek())) state.value = next;
}

export function addLiveNotes(said: readonly LiveNote[]): void {
  notes.value = said.reduce((shown, note) => withNote(shown, note, browserClock.now()), notes.peek());
}

/** Takes away what was said long enough. */
export function ageLiveNotes(): void {
  notes.value = stillShown(notes.peek(), browserClock.now());
}

/** Somebody has read it, or asks something else. */
export function clearLiveNotes(): void {
  notes.value = [];
  hasMissedTooMuch.value = false;
}
