import { setTimeout as delay } from 'node:timers/promises';
import type { LogEntry } from '../logs/entry.ts';
import type { Means } from '../query/answers/page.ts';
import type { EntryKey } from '../query/answers/ports.ts';
import type { HttpRequest, Services } from './route.ts';

/** What came of a wait. */
export interface Waited {
  /** Undefined: nobody waited. */
  readonly isStored: boolean | undefined;
  /** What the answer says of it. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The key of what was published. */
export interface PublishedKey extends EntryKey {
  /** The workers will not keep it. */
  readonly isDiscarded?: true | undefined;
}

/** The key of an entry, and what will become of it. */
export function publishedKey(entry: LogEntry, { isDiscarded }: Pick<Services, 'isDiscarded'>): PublishedKey {
  const { timestamp, eventId } = entry;
  return isDiscarded?.(entry) === true ? { timestamp, eventId, isDiscarded: true } : { timestamp, eventId };
}

/** Behind the flush of a worker comes its commit, and what a replica is behind. */
const ALLOWANCE_MS = 2_000;
/** Between two looks: short at first, since others may have waited for the same flush. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;
/** Keys that are looked for in one turn at the database. */
const KEYS_AT_ONCE = 100;
/** RFC 7240: of several preferences of a name the first counts, and what cannot be read is passed over. */
const WAIT = /(?:^|,)\s*wait\s*=\s*(?:"(\d{1,9})"|(\d{1,9}))\s*(?=[;,]|$)/i;

/** The longest wait for a worker that flushes so often. */
export function longestWaitMs(flushIntervalMs: number): number {
  return flushIntervalMs + ALLOWANCE_MS;
}

/**
 * Waits until what was published under these keys can be read, if the request prefers to (`Prefer:
 * wait=<seconds>`) or the settings say so. What is discarded is not waited for, and never stored. It is published already: so this never fails, and whoever waited in
 * vain is told that it is not stored yet.
 */
export async function waitUntilStored(
  keys: readonly PublishedKey[],
  request: Pick<HttpRequest, 'headers' | 'ask' | 'services' | 'signal'>,
): Promise<Waited> {
  const { isUsual, maxMs, stop } = request.services.waits;
  const asked = preferredSeconds(request.headers['prefer']);
  const waitMs = Math.min(maxMs, asked === undefined ? (isUsual ? maxMs : 0) : asked * 1_000);
  if (waitMs === 0) return { isStored: undefined, headers: {} };
  const signal = AbortSignal.any([request.signal, stop, AbortSignal.timeout(waitMs)]);
  const kept = keys.filter(({ isDiscarded }) => isDiscarded !== true);
  const isStored = (await areStored(kept, request, signal)) && kept.length === keys.length;
  const applied = asked === undefined ? {} : { 'preference-applied': `wait=${Math.ceil(waitMs / 1_000)}` };
  return { isStored, headers: { ...applied, 'lms-stored': String(isStored) } };
}

/** The seconds that a `Prefer` header says; undefined if it says none. */
export function preferredSeconds(header: string | readonly string[] | undefined): number | undefined {
  const [, quoted, plain] = WAIT.exec(typeof header === 'string' ? header : (header ?? []).join(',')) ?? [];
  const text = quoted ?? plain;
  return text === undefined ? undefined : Number(text);
}

/** Looks again and again; between two looks others have their turns. Resolves to false once aborted. */
async function areStored(
  keys: readonly EntryKey[],
  { ask }: Pick<HttpRequest, 'ask'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  let [stored, pauseMs] = [0, FIRST_PAUSE_MS];
  while (!signal.aborted) {
    // A database that is busy or away is looked at again: what is published will be stored all the same.
    const look = ask((means) => foundOf(keys.slice(stored, stored + KEYS_AT_ONCE), means)).catch(() => 0);
    // A turn may come later than the wait ends.
    const found = (await Promise.race([look, ended])) ?? 0;
    stored += found;
    if (stored === keys.length) return true;
    if (found > 0) continue;
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
  return false;
}

/** How many of the keys are there, up to the first that is not. */
async function foundOf(keys: readonly EntryKey[], { reader, signal }: Means): Promise<number> {
  for (const [index, key] of keys.entries())
    if ((await reader.entry(key, signal)) === undefined) return index;
  return keys.length;
}
