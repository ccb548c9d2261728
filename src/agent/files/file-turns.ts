import type { Clock } from '../../pipeline/ports.ts';
import { Census, type CensusOptions } from './census.ts';
import { whyOf } from './faults.ts';
import type { FollowedFile } from './followed-file.ts';
import type { Now } from './now.ts';
import type { Slice } from './slice.ts';

/** Looks at files and reads them, one thing at a time. */
export class FileTurns {
  readonly census: Census;
  readonly #options: CensusOptions;
  readonly #clock: Clock;
  /** Why files could not be read, by their ids. */
  readonly #failures = new Map<string, string>();
  #exclusive: Promise<unknown> = Promise.resolve();
  #looks = 0;

  constructor(options: CensusOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.census = new Census(options, this.#now());
  }

  /** How often all was looked at. */
  get looks(): number {
    return this.#looks;
  }

  /** What cannot be looked at, opened or read at the moment, for a person. */
  get problems(): readonly string[] {
    return [...this.census.problems, ...this.#failing(), ...this.#cut()];
  }

  /** Whether there is no file, or none that can be opened. */
  get hasNothing(): boolean {
    const { wanted, files } = this.census;
    return wanted.size === 0 || (files.size === 0 && this.problems.length > 0);
  }

  /** Whether all was read that there is, as far as it can be. */
  get isAtEnd(): boolean {
    return this.census.files.all.every(({ isAtEnd, record }) => isAtEnd || this.#failures.has(record.id));
  }

  /** Whether something can be read on at once. */
  get isBusy(): boolean {
    const { ms } = this.#now();
    return this.census.files.all.some(
      ({ isAtEnd, source, retryAtMs }) => !isAtEnd && source !== undefined && retryAtMs <= ms,
    );
  }

  async look(): Promise<void> {
    await this.#alone(async (now) => {
      await this.census.update(now);
      this.#looks += 1;
    });
  }

  /** Reads a file on, a little, or flushes what has waited for long. */
  async step(file: FollowedFile): Promise<readonly Slice[]> {
    if (file.isAtEnd && !file.mayFlush) return [];
    return this.#alone((now) => {
      // Meanwhile it may have gone.
      if (!this.census.files.has(file.record.id)) return [];
      return file.isAtEnd ? file.flushIdle(this.#options.timing.flushMs, now) : this.#read(file, now);
    });
  }

  /** All that is left of a file that is not followed any longer. */
  end(file: FollowedFile): readonly Slice[] {
    if (file.source?.isCut === true) this.#failures.set(file.record.id, cutText(file));
    return file.reading.isPending ? file.reading.flush('end', this.#now().unixMs) : [];
  }

  /** Says what is looked for and was not found. */
  giveUpMissing(): void {
    this.census.giveUpMissing(this.#now(), 0);
  }

  /** Closes all files, and tells the state how they stand. */
  async close(): Promise<void> {
    await this.#alone(() => this.census.close());
  }

  async #read(file: FollowedFile, now: Now): Promise<readonly Slice[]> {
    if (now.ms < file.retryAtMs) return [];
    if (file.source === undefined) {
      file.retryAtMs = now.ms + this.#options.timing.lookMs;
      if (!(await this.census.reopen(file, now))) return [];
      // At once: when the others had their turn it may be closed again, to make room.
      file.retryAtMs = 0;
    }
    const read = await file.read(now);
    this.#failures.delete(file.record.id);
    switch (read.outcome) {
      case 'more':
        return read.slices;
      case 'end':
        return [];
      case 'replaced':
        await this.census.replaced(file, now);
        return [];
      case 'failed':
        file.retryAtMs = now.ms + this.#options.timing.lookMs;
        this.#failures.set(file.record.id, `${file.record.path}: ${whyOf(read.error)}`);
        return [];
    }
  }

  /** Why files could not be read that are still followed. */
  *#failing(): Generator<string> {
    for (const [id, why] of this.#failures) if (this.census.files.has(id)) yield why;
  }

  /** What is no gzip to its end, and nobody writes on. */
  *#cut(): Generator<string> {
    const before = this.#clock.now() - this.#options.timing.flushMs;
    for (const file of this.census.files.all)
      if (
        file.isAtEnd &&
        file.source?.isCut === true &&
        file.grewAtMs < before &&
        !this.#failures.has(file.record.id)
      )
        yield cutText(file);
  }

  /** Nothing else looks or reads meanwhile. */
  async #alone<T>(work: (now: Now) => T | Promise<T>): Promise<T> {
    const result = this.#exclusive.then(() => work(this.#now()));
    this.#exclusive = result.catch(() => undefined);
    return result;
  }

  #now(): Now {
    return { ms: this.#clock.now(), unixMs: Date.now() };
  }
}

function cutText({ record: { path } }: FollowedFile): string {
  return `${path}: it is compressed, and was cut`;
}
