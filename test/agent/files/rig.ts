import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilesInput, type FilesInputOptions } from '../../../src/agent/files/files-input.ts';
import { OpenFiles } from '../../../src/agent/files/open-files.ts';
import { FileState } from '../../../src/agent/files/state.ts';
import { StateDirectory, type StateStorage } from '../../../src/agent/files/state-directory.ts';
import type { FileTiming } from '../../../src/agent/files/timing.ts';
import type { EventBatch, ReadOptions } from '../../../src/agent/ports.ts';
import type { LogEntry } from '../../../src/logs/entry.ts';
import { systemClock } from '../../../src/pipeline/clock.ts';

/** All of it fast, and long enough for a busy machine. */
const TIMING: FileTiming = {
  lookMs: 20,
  watchedLookMs: 50,
  unwatchedLookMs: 50,
  flushMs: 300,
  missingMs: 1_500,
  copyMs: 500,
  restMs: 60_000,
  deletedMs: 60_000,
};

const READ: ReadOptions = { service: 'test', host: 'here', format: 'text', multiline: 'off', tags: {} };

/** How an input is started. */
export interface StartOptions extends Partial<
  Pick<FilesInputOptions, 'once' | 'openFiles' | 'name' | 'watch'>
> {
  readonly read?: Partial<ReadOptions>;
  readonly timing?: Partial<FileTiming>;
  /** What takes the entries: by default at once. */
  readonly take?: (batch: EventBatch) => Promise<void>;
  readonly storage?: (storage: StateStorage) => StateStorage;
}

/** A directory with logs, a state, and rows as a database has them: an entry that comes again is the same row. */
export class Rig {
  readonly directory: string;
  readonly rows = new Map<string, LogEntry>();
  readonly notices: string[] = [];
  readonly #runs: Run[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<Rig> {
    const rig = new Rig(await mkdtemp(join(tmpdir(), 'lms-files-')));
    await mkdir(rig.path());
    return rig;
  }

  /** A path in the directory of the logs. */
  path(...names: string[]): string {
    return join(this.directory, 'logs', ...names);
  }

  get statePath(): string {
    return join(this.directory, 'state');
  }

  /** The payloads of the rows, in the order of their identities. */
  get lines(): string[] {
    const rows = [...this.rows.values()].sort((one, other) => (one.eventId < other.eventId ? -1 : 1));
    return rows.map(({ payload }) => payload);
  }

  /** The tags of the row with this payload. */
  tags(payload: string): unknown {
    const row = [...this.rows.values()].find((each) => each.payload === payload);
    return JSON.parse(row?.tags ?? 'null') as unknown;
  }

  /** Confirms so many batches, and keeps the next waiting. */
  takesOnly(batches: number): () => Promise<void> {
    let taken = 0;
    return async () => {
      taken += 1;
      if (taken > batches) await new Promise(() => {});
    };
  }

  async start(paths: readonly string[], options: StartOptions = {}): Promise<Run> {
    const directory = await StateDirectory.open(this.statePath);
    const storage = new Mortal(options.storage?.(directory) ?? directory);
    const state = await FileState.open(storage, systemClock);
    const run = new Run(this, { paths, state, storage, options });
    this.#runs.push(run);
    return run;
  }

  /** Another input of the same agent. */
  async startBeside({ state, storage }: Run, paths: readonly string[], options: StartOptions): Promise<Run> {
    const run = new Run(this, { paths, state, storage, options });
    this.#runs.push(run);
    return run;
  }

  async remove(): Promise<void> {
    for (const run of this.#runs) await run.kill();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** A storage to which a dead process writes no more. */
class Mortal implements StateStorage {
  readonly #storage: StateStorage;
  #isDead = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(storage: StateStorage) {
    this.#storage = storage;
  }

  read(): Promise<string | undefined> {
    return this.#storage.read();
  }

  async write(text: string): Promise<void> {
    if (this.#isDead) return new Promise(() => {});
    this.#writing = this.#storage.write(text);
    return this.#writing;
  }

  /** What is on its way to the disk then may get there, but not later. */
  async die(): Promise<void> {
    this.#isDead = true;
    await this.#writing.catch(() => undefined);
    this.close();
  }

  close(): void {
    this.#storage.close();
  }
}

interface RunParts {
  readonly paths: readonly string[];
  readonly state: FileState;
  readonly storage: Mortal;
  readonly options: StartOptions;
}

/** An input at work, with someone who takes what it hands over. */
export class Run {
  readonly input: FilesInput;
  readonly state: FileState;
  readonly #rig: Rig;
  readonly storage: Mortal;
  readonly #take: (batch: EventBatch) => Promise<void>;
  readonly #stop = new AbortController();
  /** Rejects as the input does. */
  readonly done: Promise<void>;
  batches: EventBatch[] = [];
  published = 0;
  #isDead = false;

  constructor(rig: Rig, { paths, state, storage, options }: RunParts) {
    const { name = 'logs', once = false } = options;
    const openFiles = options.openFiles ?? new OpenFiles({ files: 500, deletedFiles: 100 });
    this.#rig = rig;
    this.storage = storage;
    this.state = state;
    this.#take = options.take ?? (async () => {});
    const onNotice = (text: string) => rig.notices.push(text);
    const timing = { ...TIMING, ...options.timing };
    const read = { ...READ, ...options.read };
    this.input = new FilesInput({
      name,
      paths,
      read,
      state,
      clock: systemClock,
      once,
      openFiles,
      onNotice,
      timing,
      watch: options.watch,
    });
    this.done = this.#run();
    this.done.catch(() => undefined);
  }

  /** Ends as a process ends that was told to: what was handed over is confirmed. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.done;
    await this.input.close();
    await this.state.close();
  }

  /** Ends as a process that was killed: nothing more is confirmed or written. */
  async kill(): Promise<void> {
    this.#isDead = true;
    this.#stop.abort();
    await this.storage.die();
    await this.done.catch(() => undefined);
  }

  async #run(): Promise<void> {
    for await (const batch of this.input.batches(this.#stop.signal)) {
      this.#checkKnown(batch);
      this.batches.push(batch);
      for (const entry of batch.entries) this.#rig.rows.set(`${entry.timestamp} ${entry.eventId}`, entry);
      this.published += batch.entries.length;
      await Promise.race([this.#take(batch), this.#stopped]);
      if (this.#isDead) return;
      void this.input.confirm(batch).catch(() => undefined);
    }
  }

  /** Whatever is handed over would have the same identities after a crash. */
  #checkKnown({ entries }: EventBatch): void {
    const text = readFileSync(join(this.#rig.statePath, 'files.json'), 'utf8');
    for (const id of new Set(entries.map(({ eventId }) => eventId.slice(0, 24))))
      if (!text.includes(`"id":"${id}"`)) throw new Error(`The state does not know ${id}`);
  }

  get #stopped(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stop.signal.aborted) resolve();
      this.#stop.signal.addEventListener('abort', () => {
        resolve();
      });
    });
  }
}

/** `count` numbered lines, each with its end. */
export function numbered(count: number, from = 1, text = 'line'): string {
  return Array.from({ length: count }, (_, index) => `${text} ${String(from + index)}\n`).join('');
}

/** The lines of a text. */
export function linesOf(text: string): string[] {
  return text.trimEnd().split('\n');
}

export const SOON = { timeout: 30_000, interval: 10 };
