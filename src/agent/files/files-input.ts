import type { watch } from 'node:fs';
import { join } from 'node:path';
import { LmsError } from '../../errors/catalogue.ts';
import type { Clock } from '../../pipeline/ports.ts';
import { fileOrigin } from '../file-origin.ts';
import type { ConfirmedBatch, EventBatch, Input, InputStatus, ReadOptions } from '../ports.ts';
import { sourceOptions } from '../reading/read-options.ts';
import { Batching, type FileBatch, type FilePlace } from './batch.ts';
import { Bell } from './bell.ts';
import { reasonOf } from './faults.ts';
import { FileTurns } from './file-turns.ts';
import { formatOf } from './formats-found.ts';
import type { OpenFiles } from './open-files.ts';
import type { Slice } from './slice.ts';
import type { FileState } from './state.ts';
import { FILE_TIMING, type FileTiming } from './timing.ts';
import { type Hint, Watches } from './watches.ts';

/** Which files, and how they are read. */
export interface FilesInputOptions {
  /** As it was written. */
  readonly name: string;
  /** By which it finds again what it read; the name if left out. */
  readonly stateName?: string;
  /** Paths, patterns and directories. */
  readonly paths: readonly string[];
  readonly read: ReadOptions;
  /** Shared by all inputs of an agent. */
  readonly state: FileState;
  readonly clock: Clock;
  /** Reads what is there to its end, and ends. */
  readonly once: boolean;
  /** Shared by them, too. */
  readonly openFiles: OpenFiles;
  /** Told what a person should know, such as bytes that are lost. Once each. */
  readonly onNotice: (text: string) => void;
  readonly timing?: Partial<FileTiming> | undefined;
  /** Watches directories: what the system has for that, unless another one is named. */
  readonly watch?: typeof watch | undefined;
}

/** Hints come in bursts: so often at most it is looked for what happened. */
const MIN_LOOK_MS = 20;
const PRUNE_MS = 3_600_000;

/** Files that are followed as they grow, wherever they go. Each line is handed over once, whatever ends the process. */
export class FilesInput implements Input {
  readonly name: string;
  readonly kind = 'files';
  readonly #options: FilesInputOptions;
  readonly #timing: FileTiming;
  readonly #turns: FileTurns;
  readonly #watches: Watches;
  readonly #readBell = new Bell();
  readonly #lookBell = new Bell();
  #progress: 'waiting' | 'reading' | 'ended' = 'waiting';
  #newestTime: string | undefined;
  #failure: unknown;
  #watchedRevision = 0;
  readonly #said = new Set<string>();

  /** Throws an `LmsError` if how it is to be read is wrong. */
  constructor(options: FilesInputOptions) {
    const { name, stateName = name, paths, read, state, clock, once, openFiles, onNotice } = options;
    this.name = name;
    this.#options = options;
    this.#timing = { ...FILE_TIMING, ...options.timing };
    const source = sourceOptions(read);
    const readingOf = (path: string) => ({
      state,
      source,
      origin: fileOrigin(read, path),
    });
    this.#turns = new FileTurns(
      { input: stateName, paths, state, once, timing: this.#timing, openFiles, readingOf, onNotice },
      clock,
    );
    this.#watches = new Watches((hint) => {
      this.#hint(hint);
    }, options.watch);
  }

  /** Rejects with an `LmsError` if another process has the state, or `once` finds no file. */
  async *batches(stop: AbortSignal): AsyncGenerator<EventBatch> {
    const end = new AbortController();
    const ended = AbortSignal.any([stop, end.signal]);
    const looking = this.#lookAgainAndAgain(ended);
    try {
      yield* this.#handedOver(ended);
      if (this.#failure !== undefined) throw this.#failure as Error;
    } catch (error) {
      if (!stop.aborted || error instanceof LmsError) throw error;
    } finally {
      end.abort();
      await looking;
      await this.#turns.close();
      this.#watches.close();
      this.#progress = 'ended';
    }
  }

  async confirm({ place, newestTime }: ConfirmedBatch): Promise<void> {
    for (const { reading, mark } of place as readonly FilePlace[]) reading.confirm(mark);
    if (newestTime !== undefined && newestTime > (this.#newestTime ?? '')) this.#newestTime = newestTime;
    try {
      await this.#options.state.saveSoon();
    } catch (error) {
      // It is written as soon as it can be. Until then the same lines would come again under the same identities.
      if (error instanceof LmsError) throw error;
    }
  }

  status(): InputStatus {
    const { census, problems } = this.#turns;
    const { files } = census;
    let bytesBehind = census.missingBytes;
    let bytesTotal = census.missingBytes;
    let skipped = 0;
    for (const file of files.all) {
      bytesBehind += file.unreadBytes;
      bytesTotal += file.record.size;
      skipped += file.reading.skippedBytes;
    }
    const { problem } = this.#options.state;
    const reasons = [...(problem === undefined ? [] : [problem]), ...problems];
    const isEnded = this.#progress === 'ended';
    return {
      name: this.name,
      state: !isEnded && reasons.length > 0 ? 'failing' : this.#progress,
      reason: reasons.length > 0 ? reasonOf(reasons) : this.#waitsFor(),
      format: formatOf(files.all, { isEnded }),
      bytesBehind,
      bytesTotal,
      newestTime: this.#newestTime,
      counters: {
        ...census.counters,
        files: files.size,
        watches: this.#watches.count,
        skipped_bytes: skipped,
      },
    };
  }

  /** Writes how the files stand. The state stays open. */
  async close(): Promise<void> {
    await this.#options.state.save().catch(() => undefined);
  }

  async *#handedOver(stop: AbortSignal): AsyncGenerator<EventBatch> {
    await this.#turns.look();
    if (this.#options.once && this.#turns.hasNothing) throw this.#nothing();
    while (!stop.aborted) {
      let hasRead = false;
      for await (const batch of this.#batched(this.#turn(stop), stop)) {
        hasRead = true;
        yield batch;
      }
      if (hasRead || this.#turns.isBusy) continue;
      if (this.#options.once && this.#turns.isAtEnd && !(await this.#findsMore())) {
        yield* this.#batched(this.#ends(), stop);
        return;
      }
      this.#progress = 'waiting';
      await this.#readBell.wait(this.#timing.lookMs, stop);
    }
  }

  /** Goes through all files once. */
  async *#turn(stop: AbortSignal): AsyncGenerator<Slice> {
    yield* this.#turns.census.takeLeftovers();
    for (const file of this.#turns.census.files.all) {
      if (stop.aborted) return;
      yield* await this.#turns.step(file);
      // What was in it is somewhere else.
      if (file.source === undefined) this.#lookBell.ring();
    }
  }

  async #ready({ batch, mustSave }: FileBatch, stop: AbortSignal): Promise<EventBatch> {
    this.#progress = 'reading';
    if (mustSave) await this.#options.state.saveAtLast(stop);
    return batch;
  }

  /** Whether looking once more, for what was rotated meanwhile too, brings more to read. */
  async #findsMore(): Promise<boolean> {
    for (let looks = 0; looks < 3; looks += 1) {
      this.#turns.census.wanted.allSoon();
      await this.#turns.look();
      if (!this.#turns.isAtEnd) return true;
      if (!this.#turns.census.isSearching) return false;
    }
    return false;
  }

  /** All that is left at the end. */
  *#ends(): Generator<Slice> {
    this.#turns.giveUpMissing();
    yield* this.#turns.census.takeLeftovers();
    for (const file of this.#turns.census.files.all) yield* this.#turns.end(file);
  }

  /** Slices put together, as soon as it is sure that their events would be the same if they were read again. */
  async *#batched(
    slices: AsyncIterable<Slice> | Iterable<Slice>,
    stop: AbortSignal,
  ): AsyncGenerator<EventBatch> {
    const batching = new Batching();
    for await (const slice of slices) {
      const full = batching.add(slice);
      if (full !== undefined) yield await this.#ready(full, stop);
    }
    const last = batching.take();
    if (last !== undefined) yield await this.#ready(last, stop);
  }

  /** Whatever is handed over waits for: what happens to files is seen in time all the same. */
  async #lookAgainAndAgain(stop: AbortSignal): Promise<void> {
    let prunedAtMs = -Infinity;
    try {
      while (!stop.aborted) {
        const { clock, state } = this.#options;
        if (clock.now() - prunedAtMs > PRUNE_MS) {
          state.prune(Date.now());
          prunedAtMs = clock.now();
        }
        await this.#turns.look();
        await this.#watch();
        this.#sayLimits();
        if (state.problem !== undefined) void state.save().catch(() => undefined);
        this.#readBell.ring();
        await new Bell().wait(MIN_LOOK_MS, stop);
        await this.#lookBell.wait(Math.max(0, this.#timing.lookMs - MIN_LOOK_MS), stop);
      }
    } catch (error) {
      this.#failure = error;
      this.#readBell.ring();
    }
  }

  async #watch(): Promise<void> {
    const { wanted } = this.#turns.census;
    if (wanted.revision === this.#watchedRevision) return;
    this.#watchedRevision = wanted.revision;
    const { directories } = wanted;
    if (await this.#watches.keep(directories)) {
      // What happened there since it was looked at was not told.
      wanted.allSoon();
      this.#lookBell.ring();
    }
    wanted.isWatched = directories.size > 0 && this.#watches.count >= directories.size;
  }

  #sayLimits(): void {
    const { limits } = this.#options.openFiles;
    if (this.#turns.census.files.isCrowded)
      this.#sayOnce(
        `There are more files than may be open at once, ${limits.files}: they take turns, and what is deleted meanwhile is lost. Raise the limit of the process (ulimit -n).`,
      );
    if (this.#watches.problem !== undefined) this.#sayOnce(this.#watches.problem);
  }

  #sayOnce(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.#options.onNotice(text);
  }

  #hint({ directory, name, isOfName }: Hint): void {
    const { wanted, files } = this.#turns.census;
    const path = name === undefined ? undefined : wanted.pathTo(join(directory, name));
    // What else is written to there is nothing to us.
    if (path === undefined && name !== undefined && !isOfName) return;
    if (path === undefined) wanted.listSoon();
    else wanted.lookSoon(path);
    const file = path === undefined ? undefined : files.at(wanted.keyAt(path));
    if (file !== undefined) file.isAtEnd = false;
    this.#lookBell.ring();
    this.#readBell.ring();
  }

  #nothing(): LmsError {
    const { paths } = this.#options;
    const [reason = 'there is no such file'] = this.#turns.problems;
    return new LmsError('INPUT', `Nothing can be read of ${paths.join(', ')}: ${reason}.`);
  }

  #waitsFor(): string | undefined {
    if (this.#progress === 'ended') return undefined;
    if (this.#turns.census.files.size === 0 && this.#progress === 'waiting')
      return this.#turns.looks > 0 ? 'there is no file yet, or all are empty' : undefined;
    return this.#watches.problem;
  }
}
