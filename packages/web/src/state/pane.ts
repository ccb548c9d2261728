import { type ReadonlySignal, signal } from '@preact/signals';
import { LmsProblem } from '../../../client/src/problem.ts';

/** What went wrong, for a person. */
export interface PaneProblem {
  readonly code: string;
  readonly detail: string;
  /** The status of the answer; 0: nothing answered. */
  readonly status: number;
  /** Where the question is wrong, if it is. */
  readonly mistake?: {
    readonly parameter: string;
    readonly reason: string;
    readonly at: number;
    readonly length: number;
  };
}

/** A part of the page that asks for something of its own: its failure is its own, too. */
export interface Pane<T> {
  /** The newest answer; undefined before the first. */
  readonly value: ReadonlySignal<T | undefined>;
  readonly isLoading: ReadonlySignal<boolean>;
  /** Whether an answer is waited for, be it that of a refresh. */
  readonly isAsked: ReadonlySignal<boolean>;
  /** Why the newest request failed. */
  readonly problem: ReadonlySignal<PaneProblem | undefined>;
  /** Whether the value is the answer to an older question than the newest. */
  readonly isStale: ReadonlySignal<boolean>;
  /**
   * Asks, and gives up what was asked before. Never rejects: what fails is the pane's problem. A refresh asks the
   * same again, and what there is stays good meanwhile.
   */
  readonly load: (ask: (signal: AbortSignal) => Promise<T>, how?: 'anew' | 'refresh') => Promise<void>;
  /** Gives up what is asked, and forgets what there is. */
  readonly clear: () => void;
}

/** What an error says to a person. */
export function problemOf(error: unknown): PaneProblem {
  if (error instanceof LmsProblem) {
    const { code, detail, status, details } = error;
    const [first] = details.errors ?? [];
    const { at = 0, length = 0 } = details;
    return { code, detail, status, ...(first !== undefined && { mistake: { ...first, at, length } }) };
  }
  return { code: 'BUG', detail: String(error), status: 0 };
}

export function createPane<T>(): Pane<T> {
  const value = signal<T | undefined>(undefined);
  const isLoading = signal(false);
  const isAsked = signal(false);
  const problem = signal<PaneProblem | undefined>(undefined);
  const isStale = signal(false);
  let current = new AbortController();
  return {
    ...{ value, isLoading, isAsked, problem, isStale },
    async load(ask, how = 'anew') {
      current.abort();
      const mine = (current = new AbortController());
      const isAnew = how === 'anew';
      isLoading.value = isAnew;
      isAsked.value = true;
      if (isAnew) isStale.value = value.peek() !== undefined;
      try {
        const answer = await ask(mine.signal);
        if (mine.signal.aborted) return;
        value.value = answer;
        problem.value = undefined;
        isStale.value = false;
      } catch (error) {
        if (mine.signal.aborted) return;
        problem.value = problemOf(error);
        isStale.value = value.peek() !== undefined;
      }
      isLoading.value = false;
      isAsked.value = false;
    },
    clear() {
      current.abort();
      value.value = undefined;
      problem.value = undefined;
      isLoading.value = false;
      isAsked.value = false;
      isStale.value = false;
    },
  };
}
