import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { TailEntry } from '../../../client/src/types.ts';
import { client } from '../api/api.ts';
import { createPane } from './pane.ts';
import { run } from './run.ts';

const PAGE_SIZE = 200;
const list = signal<readonly TailEntry[]>([]);

/** The request for the newest page. */
export const linesPane = createPane<true>();
/** What is shown, oldest first. */
export const entries: ReadonlySignal<readonly TailEntry[]> = list;

/** Asks for the newest lines of a question. */
export function loadLines(): void {
  const { q, tz, since, until } = run.peek();
  void linesPane.load(async (signal) => {
    const page = await client.entries({ q, tz, since, until, limit: PAGE_SIZE }, { signal });
    list.value = page.entries.toReversed();
    return true as const;
  });
}

effect(() => {
  if (run.value.number > 0) loadLines();
});

/** Whether the newest line is in sight, and those that come are shown. */
export const isFollowing: ReadonlySignal<boolean> = signal(true);

/** Takes lines that came; which are there already is known by their ids. */
export function addLive(came: readonly TailEntry[]): void {
  const known = new Set(list.peek().map(({ id }) => id));
  const keyOf = ({ timestamp, event_id: id }: TailEntry) => `${timestamp} ${id}`;
  list.value = [...list.peek(), ...came.filter(({ id }) => !known.has(id))].toSorted((one, other) =>
    keyOf(one) < keyOf(other) ? -1 : 1,
  );
}
