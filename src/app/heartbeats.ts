import { type Log, StoreError } from '../pipeline/ports.ts';
import type { Heartbeat } from '../store/processes.ts';
import type { Store } from '../store/store.ts';

/** Three of them may fail before a process counts as silent. */
const INTERVAL_MS = 10_000;
/** Old rows are looked for at the first of so many heartbeats: once an hour. */
const BEATS_PER_CLEANUP = 360;

/** What heartbeats take. */
export interface HeartbeatParts {
  readonly store: Pick<Store, 'beat' | 'forgetProcesses'>;
  readonly log: Log;
  /** What the process says of itself at this moment; `isOver`: for the last time. */
  readonly look: (isOver: boolean) => Heartbeat;
  readonly intervalMs?: number;
}

/**
 * Says every 10 s that this process lives. Its work goes on whatever becomes of that: nothing here waits for
 * it, keeps the process alive, rejects or throws. A heartbeat is left out while the one before is still under
 * way or the database is away. If the database refuses for good, one warning says so, and nothing more is
 * tried: each failure would cost the connections that are idle.
 */
export class Heartbeats {
  readonly #parts: HeartbeatParts;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | undefined;
  #beats = 0;
  #isOver = false;
  #isRefused = false;
  #maySweep = true;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
  }

  /** The first now, then one every 10 s. */
  start(): void {
    const { intervalMs = INTERVAL_MS } = this.#parts;
    this.#timer = setInterval(() => {
      this.beat();
    }, intervalMs).unref();
    this.beat();
  }

  /** One at once, unless one is under way. */
  beat(): void {
    if (this.#isOver || this.#underWay !== undefined) return;
    this.#underWay = this.#say().finally(() => (this.#underWay = undefined));
  }

  /** The last one, after which there are no more. Resolves when it is written or has failed. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    // Else the one before could be written after it.
    await this.#underWay;
    await this.#say();
  }

  async #say(): Promise<void> {
    if (this.#isRefused) return;
    const { store, look } = this.#parts;
    const isSweeping = this.#beats % BEATS_PER_CLEANUP === 0;
    const said = await this.#tried(() => store.beat(() => look(this.#isOver)));
    if (said === 'refused') this.#isRefused = true;
    if (said !== 'done') return;
    this.#beats += 1;
    if (!isSweeping || !this.#maySweep || this.#isOver) return;
    if ((await this.#tried(() => store.forgetProcesses())) === 'refused') this.#maySweep = false;
  }

  async #tried(work: () => Promise<void>): Promise<'done' | 'left out' | 'refused'> {
    const { log } = this.#parts;
    try {
      await work();
      return 'done';
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const isTransient = error instanceof StoreError && error.verdict === 'transient';
      if (isTransient || this.#isOver) {
        log.debug({ reason }, 'a heartbeat is left out');
        return 'left out';
      }
      log.warn({ reason }, REFUSED);
      return 'refused';
    }
  }
}

const REFUSED =
  'the database refuses heartbeats, so `lms workers` shows this process wrongly or not at all; the work goes on. ' +
  'Its user needs SELECT, INSERT, UPDATE and DELETE on lms_processes (docs/operations.md, Rights); then start it again';
