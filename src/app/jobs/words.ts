import { LmsError } from '../../errors/catalogue.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { openWordsIndex } from '../../store/open.ts';
import type { WordsIndex } from '../../store/words/words-index.ts';
import type { WorkLease } from '../../store/work-leases.ts';
import { type BuildProgress, buildWords } from '../words/build-words.ts';
import type { Job, JobParts } from './job.ts';

/** Of the lease, and in the setting JOBS. */
export const WORDS = 'words';
/** Between two runs: what has settled meanwhile is a minute or two. */
const REST_MS = 60_000;

/** Told how far a run has come. */
type Watch = (progress: BuildProgress) => void;

/** Makes the job `words`: it keeps the index of words up to date. */
export function makeWordsJob(parts: JobParts, watch?: Watch): Job {
  return new WordsJob(parts, watch);
}

class WordsJob implements Job {
  readonly name = WORDS;
  readonly restMs = REST_MS;
  readonly #parts: JobParts;
  readonly #watch: Watch | undefined;
  #index: WordsIndex | undefined;
  #lagMs: number | undefined;

  constructor(parts: JobParts, watch: Watch | undefined) {
    this.#parts = parts;
    this.#watch = watch;
  }

  async run(lease: WorkLease, signal: AbortSignal): Promise<void> {
    const { settings, log } = this.#parts;
    const index = (this.#index ??= await openWordsIndex(settings.database, { log }));
    try {
      await buildWords({
        upkeep: index.upkeep(lease),
        reader: index.reader,
        clock: systemClock,
        share: settings.wordsCpuPercent / 100,
        signal,
        isTransient: (error) => index.isTransient(error),
        watch: (progress) => {
          this.#lagMs = progress.lagMs;
          this.#watch?.(progress);
        },
      });
    } catch (error) {
      this.#lagMs = undefined;
      if (signal.aborted) return;
      throw error instanceof LmsError ? error : index.explain(error);
    }
  }

  lagMs(): number | undefined {
    return this.#lagMs;
  }

  async close(): Promise<void> {
    await this.#index?.close();
  }
}
