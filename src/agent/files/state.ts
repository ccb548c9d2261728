import { LmsError } from '../../errors/catalogue.ts';
import { pause, unlessAborted } from '../../pipeline/clock.ts';
import type { Clock } from '../../pipeline/ports.ts';
import { Claims } from './claims.ts';
import { whyOf } from './faults.ts';
import { NameIndex } from './name-index.ts';
import { type FileRecord } from './record.ts';
import type { StateStorage } from './state-directory.ts';
import { parseState, stateText } from './state-text.ts';

/** What is gone is remembered for so long, and no more than so many: it may come back, or be compressed late. */
const GONE_FOR_MS = 30 * 24 * 3_600_000;
const MAX_GONE = 1_000;
const RETRY_MS = 1_000;
/** What is confirmed within so much time is written together. */
const SOON_MS = 25;

/**
 * What is known of all files of an agent, shared by its inputs. Changes are made in memory; `save` writes all of them.
 * A write that is asked for while one is going on is one with all others that are asked for meanwhile.
 */
export class FileState {
  readonly #storage: StateStorage;
  readonly #clock: Clock;
  readonly #records: Map<string, FileRecord>;
  /** Ids, by where the files were found and where they were since. */
  #byName = new NameIndex<string>();
  /** Records that were never written. */
  readonly #unsaved = new Set<string>();
  readonly claims = new Claims();
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #soon: Promise<void> | undefined;
  #problem: string | undefined;
  #ended: LmsError | undefined;
  /** What is wrong with the state that was found, for a person; undefined if nothing is. */
  readonly damage: string | undefined;

  private constructor(storage: StateStorage, clock: Clock, text: string | undefined) {
    const { records, damage } = text === undefined ? { records: [] } : parseState(text);
    this.#storage = storage;
    this.#clock = clock;
    this.#records = new Map(records.map((record) => [record.id, record]));
    for (const record of records) this.#index(record);
    this.damage =
      damage === undefined
        ? undefined
        : `The state of the files is damaged: ${damage}. Files that are not among them are read from their beginning.`;
  }

  static async open(storage: StateStorage, clock: Clock): Promise<FileState> {
    return new FileState(storage, clock, await storage.read());
  }

  /** Why it cannot be written at the moment, for a person; undefined if it can. */
  get problem(): string | undefined {
    return this.#problem;
  }

  get records(): Iterable<FileRecord> {
    return this.#records.values();
  }

  /** Those whose files may be what is at one of these paths, by its name: the same, or rotated to there. */
  recordsNamed(...paths: readonly string[]): ReadonlySet<FileRecord> {
    const found = new Set<FileRecord>();
    for (const path of paths)
      for (const id of this.#byName.originalsOf(path)) {
        const record = this.#records.get(id);
        if (record !== undefined) found.add(record);
      }
    return found;
  }

  put(record: FileRecord): void {
    const before = this.#records.get(record.id);
    if (before === undefined) this.#unsaved.add(record.id);
    if (before?.home.path !== record.home.path) this.#index(record);
    this.#records.set(record.id, record);
  }

  /** Whether a crash leaves something of this record. */
  isSaved(id: string): boolean {
    return this.#records.has(id) && !this.#unsaved.has(id);
  }

  /** Forgets what has been gone for long. */
  prune(nowMs: number): void {
    const gone = Array.from(this.#records.values())
      .filter(({ goneMs }) => goneMs !== undefined)
      .sort((one, other) => (other.goneMs ?? 0) - (one.goneMs ?? 0));
    for (const [place, { id, goneMs = nowMs }] of gone.entries())
      if (place >= MAX_GONE || nowMs - goneMs > GONE_FOR_MS) this.#records.delete(id);
    this.#byName = new NameIndex();
    for (const record of this.#records.values()) this.#index(record);
  }

  /** Resolves once everything that was put before outlives a crash. Rejects if it cannot be written. */
  async save(): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#next !== undefined) return this.#next;
    if (this.#writing === undefined) return this.#begin();
    this.#next = this.#writing.catch(() => undefined).then(() => this.#begin());
    return this.#next;
  }

  /** The same, for what nobody waits for: a little later, once for all who ask meanwhile. */
  saveSoon(): Promise<void> {
    const later = () =>
      new Promise<void>((resolve) => {
        this.#clock.schedule(SOON_MS, resolve);
      });
    this.#soon ??= later().then(() => {
      this.#soon = undefined;
      return this.save();
    });
    return this.#soon;
  }

  /** The same, tried again until it succeeds. Rejects only if `stop` is aborted, or another has the state. */
  async saveAtLast(stop: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await unlessAborted(() => this.save(), stop);
        return;
      } catch (error) {
        if (this.#ended !== undefined || stop.aborted) throw error;
        await pause(this.#clock, RETRY_MS, stop);
      }
    }
  }

  /** Writes nothing more, and leaves it to others. */
  async close(): Promise<void> {
    await this.#soon?.catch(() => undefined);
    await this.#next?.catch(() => undefined);
    await this.#writing?.catch(() => undefined);
    this.#storage.close();
  }

  #index({ id, path, home }: FileRecord): void {
    this.#byName.add(path, id);
    this.#byName.add(home.path, id);
  }

  #begin(): Promise<void> {
    this.#next = undefined;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #write(): Promise<void> {
    const saved = [...this.#unsaved];
    try {
      await this.#storage.write(stateText(this.#records.values()));
      for (const id of saved) this.#unsaved.delete(id);
      this.#problem = undefined;
    } catch (error) {
      if (error instanceof LmsError) this.#ended = error;
      this.#problem = `The state cannot be written: ${whyOf(error)}.`;
      throw error;
    }
  }
}
