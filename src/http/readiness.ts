import type { EntryReader } from '../query/answers/ports.ts';

/** Whether the server can answer, as `/readyz` says it. */
export interface Readiness {
  readonly ready: boolean;
  /** What is wrong, in words; empty if it is ready. */
  readonly problems: readonly string[];
  /** What is worth knowing and not wrong. */
  readonly notes: readonly string[];
}

const PATIENCE_MS = 2_000;

/** Tells whether the server is ready: the database answers, and no stop was asked for. */
export class ReadinessProbe {
  readonly #reader: EntryReader;
  readonly #stop: AbortSignal;
  readonly #notes: () => readonly string[];
  /** One question for all that ask at once. */
  #asking: Promise<readonly string[]> | undefined;

  /** `notes`: what is worth knowing now. */
  constructor(reader: EntryReader, stop: AbortSignal, notes: () => readonly string[]) {
    this.#reader = reader;
    this.#stop = stop;
    this.#notes = notes;
  }

  async look(): Promise<Readiness> {
    if (this.#stop.aborted)
      return { ready: false, problems: ['stopping: questions are finished, no more are taken'], notes: [] };
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    const problems = await this.#asking;
    return { ready: problems.length === 0, problems, notes: this.#notes() };
  }

  async #ask(): Promise<readonly string[]> {
    try {
      await this.#reader.minutes({ order: 'newest', maxCounts: 1 }, AbortSignal.timeout(PATIENCE_MS));
      return [];
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer in time';
      return [`the database cannot be asked: ${code}`];
    }
  }
}
