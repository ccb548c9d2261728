import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { LedgerReport } from '../src/app/ledger-report.ts';
import type { ClockJump } from './clock-jumps.ts';
import { type Ending, WorkerProcess } from './worker-process.ts';

/** As a supervisor (systemd, Kubernetes) does: a worker that ended is replaced after a moment. */
const RESTART_MS = 200;
/** What a stop may take beyond SHUTDOWN_TIMEOUT on a busy machine: the end of the process itself. */
const GRACE_MS = 2_000;

export interface FleetOptions {
  readonly workers: number;
  /** Directory for logs and ledgers. */
  readonly directory: string;
  /** Settings of the worker in a slot, counted from 0. */
  readonly env: (slot: number) => Readonly<Record<string, string>>;
  readonly shutdownTimeoutMs: number;
}

/** A place for a worker, filled again and again. Faults take turns at it. */
interface Slot {
  readonly number: number;
  current: WorkerProcess;
  expects: 'nothing' | 'SIGKILL' | 'SIGTERM';
  runs: number;
  turn: Promise<unknown>;
  /** Resolves when it is not frozen. */
  thawed: Promise<unknown>;
  supervision: Promise<void>;
}

/** Worker processes under a supervisor that starts them again, and what their endings told. */
export class Fleet {
  /** Ledgers of the workers that were stopped by SIGTERM. */
  readonly ledgers: LedgerReport[] = [];
  /** Endings that the product's promises rule out. */
  readonly problems: string[] = [];
  /** Processes that could not start because what they need was down. */
  failedStarts = 0;
  readonly #options: FleetOptions;
  readonly #slots: readonly Slot[];
  #closing = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.workers }, (_, number) => this.#open(number));
  }

  /** SIGKILL, all at once; they are replaced. */
  async kill(slots: readonly number[], over: AbortSignal): Promise<boolean> {
    return this.#all(slots, over, async (slot) => {
      slot.expects = 'SIGKILL';
      slot.current.signal('SIGKILL');
      await slot.current.ended;
    });
  }

  /**
   * SIGTERM, all at once, to those that are frozen once they are not; waits until they have ended, in time or
   * not.
   */
  async terminate(slots: readonly number[], over: AbortSignal): Promise<boolean> {
    await Promise.all(this.#slots.filter(({ number }) => slots.includes(number)).map(({ thawed }) => thawed));
    return this.#all(slots, over, (slot) => this.#stop(slot));
  }

  /** SIGSTOP, and SIGCONT after `forMs`. It can be killed meanwhile. */
  async freeze(slot: number, forMs: number, over: AbortSignal): Promise<boolean> {
    return this.#all([slot], over, (frozen) => {
      const { current } = frozen;
      current.signal('SIGSTOP');
      frozen.thawed = delay(forMs).then(() => {
        current.signal('SIGCONT');
      });
    }).then(async (done) => {
      await this.#slots[slot]?.thawed;
      return done;
    });
  }

  async jumpClock(slot: number, jump: ClockJump, over: AbortSignal): Promise<boolean> {
    return this.#all([slot], over, ({ current }) => {
      current.jumpClock(jump);
    });
  }

  /** Stops all for good by SIGTERM. */
  async close(): Promise<void> {
    this.#closing = true;
    const never = new AbortController().signal;
    await this.#all(
      this.#slots.map(({ number }) => number),
      never,
      (slot) => this.#stop(slot),
    );
    await Promise.all(this.#slots.map(({ supervision }) => supervision));
  }

  async #stop(slot: Slot): Promise<void> {
    await slot.thawed;
    const { current } = slot;
    slot.expects = 'SIGTERM';
    current.signal('SIGTERM');
    const limitMs = this.#options.shutdownTimeoutMs + GRACE_MS;
    const hung = await Promise.race([current.ended.then(() => false), delay(limitMs, true, { ref: false })]);
    if (!hung) return;
    this.problems.push(`worker ${this.#name(slot)} did not end within ${String(limitMs)} ms of SIGTERM`);
    slot.expects = 'SIGKILL';
    current.signal('SIGKILL');
    await current.ended;
  }

  /** Does something to each of these slots, after what is under way with them. False if `over` came first. */
  async #all(
    numbers: readonly number[],
    over: AbortSignal,
    act: (slot: Slot) => void | Promise<void>,
  ): Promise<boolean> {
    const turns = numbers.map((number) => {
      const slot = this.#slots[number % this.#slots.length];
      if (slot === undefined) return Promise.resolve(false);
      const turn = slot.turn.then(async () => {
        if (over.aborted) return false;
        await act(slot);
        return true;
      });
      slot.turn = turn;
      return turn;
    });
    return (await Promise.all(turns)).some(Boolean);
  }

  #open(number: number): Slot {
    const current = this.#start(number, 1);
    const slot: Slot = {
      number,
      current,
      expects: 'nothing',
      runs: 1,
      turn: Promise.resolve(),
      thawed: Promise.resolve(),
      supervision: Promise.resolve(),
    };
    slot.supervision = this.#supervise(slot);
    return slot;
  }

  #start(number: number, run: number): WorkerProcess {
    const path = `${this.#options.directory}worker-${String(number + 1)}-${String(run)}`;
    return new WorkerProcess(path, this.#options.env(number));
  }

  async #supervise(slot: Slot): Promise<void> {
    for (;;) {
      await this.#judge(slot, await slot.current.ended);
      await delay(RESTART_MS);
      // After the wait: nobody would stop one that is started while all are being stopped.
      if (this.#closing) return;
      slot.runs += 1;
      slot.expects = 'nothing';
      slot.current = this.#start(slot.number, slot.runs);
    }
  }

  async #judge(slot: Slot, { status, signal, lastLines }: Ending): Promise<void> {
    const { started, reportPath } = slot.current;
    if (slot.expects === 'SIGKILL') return;
    if (!started) {
      if (slot.expects === 'nothing') this.failedStarts += 1;
      return;
    }
    if (slot.expects === 'nothing' || status !== 0) {
      const how = signal ?? `status ${String(status)}`;
      const why = slot.expects === 'nothing' ? 'by itself' : 'after SIGTERM';
      this.problems.push(
        `worker ${this.#name(slot)} ended ${why} with ${how}:\n    ${lastLines.join('\n    ')}`,
      );
      return;
    }
    const ledger = JSON.parse(await readFile(reportPath, 'utf8')) as LedgerReport;
    this.ledgers.push(ledger);
    const { received, stored, duplicates, deadLettered, discarded, released, held } = ledger;
    if (held !== 0 || received !== stored + duplicates + deadLettered + discarded + released) {
      this.problems.push(
        `the ledger of worker ${this.#name(slot)} does not balance: ${JSON.stringify(ledger)}`,
      );
    }
  }

  #name({ number, runs }: Slot): string {
    return `${String(number + 1)}-${String(runs)}`;
  }
}
