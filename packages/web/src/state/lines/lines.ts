import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { PageQuestion, TailEntry } from '../../../../client/src/types.ts';
import { client, readContext } from '../../api/api.ts';
import { address } from '../address.ts';
import { createPane, problemOf } from '../pane.ts';
import { run } from '../run.ts';
import type { Side } from './edge.ts';
import { indexOf } from './line-order.ts';
import { LineStore, type Opened } from './line-store.ts';
import { createLiveQueue } from './live-queue.ts';
import { type LineSource, openAround, openAt, openNewest } from './opening.ts';

/** Where the list goes; another object each time. */
export type Target =
  { readonly to: 'end' } | { readonly to: 'line'; readonly id: string; readonly align: 'center' | 'auto' };

const SOURCE: LineSource = {
  page: (question, signal) => client.entries(question, { signal }),
  around: (id, query, signal) => readContext(id, query, { signal }),
};
const store = new LineStore(SOURCE.page);
const queue = createLiveQueue((batch) => store.add(batch));
const targets = signal<Target>({ to: 'end' });
const notFound = signal<string | undefined>(undefined);
let question: PageQuestion = {};

/** The request that the list began with. */
export const linesPane = createPane<true>();
/** What is shown, oldest first. */
export const entries = store.lines;
/** What lies beyond the first line and the last. */
export const edges = store.edges;
/** Whether the newest line stays in sight; `follow` changes it. */
export const isFollowing = store.isFollowing;
/** How many lines came since it does not. */
export const newBelow = store.newBelow;
/** Where the list was last told to go. */
export const target: ReadonlySignal<Target> = targets;
/** The id of a link that leads to no entry. */
export const missingEntry: ReadonlySignal<string | undefined> = notFound;

/** The reader has seen that the link led to no entry. */
export function forgetMissing(): void {
  notFound.value = undefined;
}

/** Stays at the newest line, or does not. To come back to it there is `goToNewest`. */
export function follow(isOn: boolean): void {
  // Where there is more below, the last line that is there is not the newest.
  store.follow(isOn && edges.newer.peek().state === 'end');
}

/** Takes in what came by itself, in any order, each any number of times; all at once before the next frame. */
export const addLive: (batch: readonly TailEntry[]) => void = queue.add;

/** Reads more of a side. */
export function more(side: Side): void {
  void store.more(side);
}

/** Asks a question anew: around the entry that the address names, otherwise for the newest lines. */
export function loadLines(): void {
  const { q, tz, since, until } = run.peek();
  question = { q, tz, since, until };
  queue.clear();
  store.expect(question);
  const { entry } = address.peek();
  if (entry === undefined) openWith(newest);
  else openWith((signal) => around(entry, signal));
}

/**
 * Asks for what was stored since the lines were read, where a stream begins later: what comes is behind that. Who
 * reads further up is not moved.
 */
export function catchUp(): void {
  const { state } = edges.newer.peek();
  // What lies beyond an open end is read when somebody comes there.
  if (!linesPane.isLoading.peek() && state !== 'end') return;
  if (linesPane.isLoading.peek() || isFollowing.peek()) loadLines();
  else more('newer');
}

/** Goes to the newest line, and stays there. */
export function goToNewest(): void {
  if (edges.newer.peek().state !== 'end') {
    openWith(newest);
    return;
  }
  store.follow(true);
  targets.value = { to: 'end' };
}

function show(id: string): void {
  if (indexOf(entries.peek(), id) === undefined) openWith((signal) => around(id, signal));
  else {
    store.follow(false);
    targets.value = { to: 'line', id, align: 'center' };
  }
}

/** What a request leads to. */
interface Found {
  readonly opened: Opened;
  readonly target: Target;
  readonly missing?: string;
}

function openWith(find: (signal: AbortSignal) => Promise<Found>): void {
  void linesPane.load(async (signal) => {
    const { came } = store;
    const found = await find(signal);
    if (signal.aborted) return true;
    store.open(found.opened, came);
    if (found.target.to === 'line') store.follow(false);
    notFound.value = found.missing;
    targets.value = found.target;
    return true as const;
  });
}

async function newest(signal: AbortSignal): Promise<Found> {
  return { opened: await openNewest(SOURCE, question, signal), target: { to: 'end' } };
}

async function at(time: string, signal: AbortSignal): Promise<Found> {
  const opened = await openAt(SOURCE, time, question, signal);
  const { first } = opened;
  return { opened, target: first ? { to: 'line', id: first.id, align: 'center' } : { to: 'end' } };
}

/** An entry that does not exist is said to be missing, and what stood around it is shown. */
async function around(id: string, signal: AbortSignal): Promise<Found> {
  try {
    const opened = await openAround(SOURCE, id, question, signal);
    return { opened, target: { to: 'line', id, align: 'center' } };
  } catch (error) {
    const { code, status } = problemOf(error);
    if (code !== 'NO_ENTRY' && status !== 404 && code !== 'PARAMETER') throw error;
    const time = timeOf(id);
    const found = time === undefined ? await newest(signal) : await at(time, signal);
    return { ...found, missing: id };
  }
}

/** Ids begin with their time, to the microsecond. */
function timeOf(id: string): string | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{6})-/.exec(id);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, micros] = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${micros}Z`;
}

effect(() => {
  if (run.value.number > 0) loadLines();
});

// Back and forward lead to entries, too.
effect(() => {
  const { entry } = address.value;
  if (entry === undefined || linesPane.isLoading.peek() || linesPane.value.peek() === undefined) return;
  if (indexOf(entries.peek(), entry) === undefined && notFound.peek() !== entry) show(entry);
});
