import { pause, systemClock } from '../../../src/pipeline/clock.ts';
import { readPages } from './paging.ts';
import { isFinal, LmsProblem, NOT_FOUND_IN_TIME } from './problem.ts';
import { readTail } from './tailing.ts';
import type { Connection } from './transport.ts';
import type { Question, RequestOptions, TailEntry } from './types.ts';

/** What is waited for beside what the expression says, and how long. */
export interface WaitOptions extends RequestOptions, Pick<Question, 'tz'> {
  /** Entries from this time on count; from when the client was made, if absent. */
  readonly since?: string | undefined;
  /** 30,000 if absent. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 30_000;
const LOOK_AGAIN_MS = 1_000;

interface Wait {
  readonly connection: Connection;
  readonly question: Pick<Question, 'q' | 'since' | 'tz'>;
  readonly signal: AbortSignal;
  /** Why it could not be looked for, the last time. */
  failure?: unknown;
}

/**
 * The first entry that is found or comes. The tail has it within a second of its publishing; where there is no
 * tail, the table has it once it is stored. Rejects with `LmsProblem` NOT_FOUND_IN_TIME, with the signal's reason
 * once that is aborted, or with the problem of a wrong question.
 */
export async function waitForEntry(
  connection: Connection,
  question: Wait['question'],
  { timeoutMs = TIMEOUT_MS, signal }: Pick<WaitOptions, 'timeoutMs' | 'signal'>,
): Promise<TailEntry> {
  signal?.throwIfAborted();
  const ending = new AbortController();
  const wait: Wait = { connection, question, signal: ending.signal };
  const end = () => {
    ending.abort(signal?.reason);
  };
  signal?.addEventListener('abort', end);
  const cancel = systemClock.schedule(timeoutMs, () => {
    ending.abort(tooLate(wait, timeoutMs));
  });
  try {
    return await Promise.race([inTable(wait), inTail(wait)]);
  } finally {
    cancel();
    signal?.removeEventListener('abort', end);
    ending.abort(new Error('nobody waits any more'));
  }
}

async function inTail({ connection, question, signal }: Wait): Promise<TailEntry> {
  try {
    for await (const entry of readTail(connection, question, { signal })) return entry;
  } catch {
    // There may be none here, or not now. The table is looked at all the same, and says what is wrong with a question.
  }
  return new Promise<never>(() => undefined);
}

async function inTable(wait: Wait): Promise<TailEntry> {
  const { connection, question, signal } = wait;
  for (;;) {
    try {
      const pages = readPages(connection, { ...question, order: 'oldest', limit: 1 }, signal);
      for await (const { entries } of pages) if (entries[0] !== undefined) return entries[0];
    } catch (error) {
      signal.throwIfAborted();
      if (isFinal(error)) throw error;
      wait.failure = error;
    }
    await pause(systemClock, LOOK_AGAIN_MS, signal);
  }
}

function tooLate({ question: { q, since }, failure }: Wait, timeoutMs: number): LmsProblem {
  const detail = `no entry since ${since ?? 'ever'} matches ${q ?? '*'}, after ${timeoutMs} ms`;
  return new LmsProblem(NOT_FOUND_IN_TIME, { status: 0, detail, cause: failure });
}
