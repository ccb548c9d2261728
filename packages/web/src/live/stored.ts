import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { readWorkers } from '../api/api.ts';
import { isPageVisible } from './visibility.ts';

/** Up to when what was published is stored. */
export interface Stored {
  readonly kind: 'running' | 'stopped' | 'unknown';
  /** RFC 3339; undefined: nobody says so. */
  readonly at: string | undefined;
  /** The database's clock. */
  readonly now: string;
}

const POLL_MS = 10_000;
const current = signal<Stored | undefined>(undefined);

/** The newest that is known; undefined before the first. */
export const stored: ReadonlySignal<Stored | undefined> = current;

/** Asks the server. Rejects as its client does. */
export async function askStored(signal?: AbortSignal): Promise<Stored> {
  const { now, storedUpTo } = await readWorkers({ signal });
  const answer: Stored = { kind: storedUpTo.kind, at: storedUpTo.at ?? undefined, now };
  current.value = answer;
  return answer;
}

/** Asks every ten seconds while somebody may see it. Returns what ends that. */
export function watchStored(): () => void {
  return effect(() => {
    if (!isPageVisible.value) return undefined;
    const timer = setInterval(() => {
      // What the answer is good for is no worse for being a little old: the panes say if nothing answers.
      void askStored().catch(() => undefined);
    }, POLL_MS);
    return () => {
      clearInterval(timer);
    };
  });
}
