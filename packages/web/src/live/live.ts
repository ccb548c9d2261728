import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { client } from '../api/api.ts';
import { loadPart } from '../api/parts.ts';
import { isSignedOut } from '../api/reach.ts';
import { address } from '../state/address.ts';
import { addLive, catchUp, isFollowing } from '../state/lines/lines.ts';
import { run, runAgain } from '../state/run.ts';
import { browserClock, pause } from './clock.ts';
import {
  addLiveNotes,
  ageLiveNotes,
  clearLiveNotes,
  hasMissedTooMuch,
  liveState,
  setLiveState,
} from './live-state.ts';
import type { LiveTab } from './live-tab.ts';
import type { PollPorts } from './polling.ts';
import { type LiveQuestion, placeAt } from './question.ts';
import { refusalOf } from './refusal.ts';
import { askStored } from './stored.ts';
import { isPageVisible } from './visibility.ts';
import { createTab } from './wiring.ts';

/** A page that is hidden for no longer than this goes on. */
const HIDDEN_MS = 3_000;
/** It is not asked anew more often because too much was missed. */
const AGAIN_MS = 60_000;
const NOTES_MS = 1_000;
/** A server goes back a minute from a place that another one said: what the lines lack by then is in that. */
const LATE_MS = 30_000;

const isSeen = heldOn(isPageVisible, HIDDEN_MS);
const isWanted = computed(() => address.value.isLive && run.value.until === undefined && !isSignedOut.value);
const isPolled = computed(() => liveState.value.kind === 'unavailable' && liveState.value.isPolled);
const runNumber = computed(() => run.value.number);

let tryNow: () => void = () => undefined;
let askedAnewMs = -Infinity;
/** The run of which the tab has a place. */
let placed = -1;
/** When the lines of the run were asked for. */
let askedMs = 0;

/** Tries to connect now, whatever was to be waited for. */
export function tryLiveNow(): void {
  tryNow();
}

/** Follows what comes for as long as the page is there. */
export function startLive(): void {
  const tab = createTab({ came, state: setLiveState, again: askAnew });
  effect(() => {
    if (runNumber.value > 0) askedMs = browserClock.now();
  });
  effect(() => follow(tab, runNumber.value));
  effect(() => (isPolled.value ? pollRun(runNumber.value) : undefined));
  setInterval(ageLiveNotes, NOTES_MS);
}

/** What a run asks, from where it is; returns what ends it. */
function follow(tab: LiveTab, number: number): () => void {
  if (!isWanted.value || !isSeen.value) {
    tab.stop();
    setLiveState({ kind: isWanted.value ? 'hidden' : 'off' });
    return () => undefined;
  }
  const ending = new AbortController();
  if (placed === number) tab.want(questionNow(), tab.place);
  else void begin(tab, number, ending.signal);
  return () => {
    ending.abort(new Error('something else is wanted'));
  };
}

/** What was stored when the page asked is in its answer; the stream begins there. */
async function begin(tab: LiveTab, number: number, signal: AbortSignal): Promise<void> {
  tab.stop();
  clearLiveNotes();
  setLiveState({ kind: 'connecting' });
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      const { at, now } = await askStored(signal);
      placed = number;
      if (browserClock.now() - askedMs > LATE_MS) catchUp();
      tab.want(questionNow(), placeAt(Date.parse(at ?? now)));
      tryNow = () => {
        tab.tryNow();
      };
      return;
    } catch (error) {
      if (hasEnded(signal)) return;
      const { state, inMs } = refusalOf(error, { attempt, wallMs: Date.now() });
      setLiveState(state);
      const waiting = new AbortController();
      tryNow = () => {
        waiting.abort(new Error('tried again at once'));
      };
      await pause(browserClock, inMs, AbortSignal.any([signal, waiting.signal]));
    }
  }
}

/** It may have, while something was waited for. */
function hasEnded(signal: AbortSignal): boolean {
  return signal.aborted;
}

function questionNow(): LiveQuestion {
  const { q, tz, since } = run.peek();
  return { q, tz, since, atMs: Date.now() };
}

function came(...[entries, notes]: Parameters<Parameters<typeof createTab>[0]['came']>): void {
  if (entries.length > 0) addLive(entries);
  if (notes.length > 0) addLiveNotes(notes);
}

/** Asks anew, unless somebody is reading: then he is told. */
function askAnew(): void {
  const nowMs = browserClock.now();
  if (nowMs - askedAnewMs < AGAIN_MS) return;
  askedAnewMs = nowMs;
  if (isFollowing.peek()) runAgain();
  else hasMissedTooMuch.value = true;
}

function pollRun(number: number): () => void {
  const ending = new AbortController();
  const { q, tz, since } = run.peek();
  const told = { came: addLive, again: askAnew };
  const polled: PollPorts = {
    clock: browserClock,
    entries: (asked, options) => client.entries(asked, options),
  };
  if (number > 0)
    void loadPart(() => import('./polling.ts')).then(({ poll }) =>
      poll(polled, { q, tz, since }, told, ending.signal),
    );
  return () => {
    ending.abort(new Error('there is a stream, or another question'));
  };
}

/** The same, but it stays true so long after the last time that it was. */
function heldOn(source: ReadonlySignal<boolean>, ms: number): ReadonlySignal<boolean> {
  const held = signal(source.peek());
  effect(() => {
    if (source.value) {
      held.value = true;
      return undefined;
    }
    const timer = setTimeout(() => {
      held.value = false;
    }, ms);
    return () => {
      clearTimeout(timer);
    };
  });
  return held;
}
