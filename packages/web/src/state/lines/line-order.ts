import type { TailEntry } from '../../../../client/src/types.ts';

/** Entries, the oldest first, each once. */
export type Lines = readonly TailEntry[];
type Key = Pick<TailEntry, 'timestamp' | 'event_id'>;

/** The order of entries: by time, and within one time by event id. 0: it is the same entry. */
export function compareLines(a: Key, b: Key): number {
  // Times have one length and one zone, so that their texts are in their order.
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  if (a.event_id === b.event_id) return 0;
  return a.event_id < b.event_id ? -1 : 1;
}

/** Where an entry stands, or would stand. */
function placeOf(lines: Lines, entry: Key): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = lines[middle];
    if (at !== undefined && compareLines(at, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the entry of an id stands. */
export function indexOf(lines: Lines, id: string | undefined, near = 0): number | undefined {
  if (id === undefined) return undefined;
  // It is asked of the same line again and again, while others come around it.
  for (const at of [near, near - 1, near + 1]) if (lines[at]?.id === id) return at;
  const found = lines.findIndex((entry) => entry.id === id);
  return found < 0 ? undefined : found;
}

/** Entries in order, each once; what is given may be in any. */
export function inOrder(entries: Lines): Lines {
  const sorted = entries.toSorted(compareLines);
  return sorted.filter((entry, index) => {
    const before = sorted[index - 1];
    return before === undefined || compareLines(before, entry) !== 0;
  });
}

/** Both in order. Of an entry that both have the one is kept that was there before. */
export function merged(lines: Lines, entries: Lines): Lines {
  const added = inOrder(entries);
  const [first] = added;
  if (first === undefined) return lines;
  // Nearly all are added at one end: only what stands behind the first of them is looked at.
  const start = placeOf(lines, first);
  if (start === lines.length) return [...lines, ...added];
  const result = lines.slice(0, start);
  let next = 0;
  for (const entry of lines.slice(start)) {
    for (; next < added.length; next++) {
      const candidate = added[next];
      if (candidate === undefined) break;
      const order = compareLines(candidate, entry);
      if (order > 0) break;
      if (order < 0) result.push(candidate);
    }
    result.push(entry);
  }
  result.push(...added.slice(next));
  return result.length === lines.length ? lines : result;
}

/** Those behind the last line; all of them where there is none. */
export function behind(lines: Lines, entries: Lines): Lines {
  const last = lines.at(-1);
  return last === undefined ? entries : entries.filter((entry) => compareLines(entry, last) > 0);
}

/** Those before the first line. */
export function before(lines: Lines, entries: Lines): Lines {
  const [first] = lines;
  return first === undefined ? entries : entries.filter((entry) => compareLines(entry, first) < 0);
}
