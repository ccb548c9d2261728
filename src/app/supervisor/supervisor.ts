import { setTimeout } from 'node:timers/promises';
import type { Settings } from '../../config/settings.ts';
import type { LmsError } from '../../errors/catalogue.ts';
import { pause, systemClock } from '../../pipeline/clock.ts';
import type { Log } from '../../pipeline/ports.ts';
import type { LedgerReport } from '../ledger-report.ts';
import { Child } from './child.ts';
import { type SupervisorReport, WorkerLedgers } from './ledgers.ts';
import { failureAtStop, reason, RestartPolicy, type WorkerEnd } from './restart-policy.ts';

/** See `Supervisor`. */
export interface Supervision {
  /** Those of every worker; `workers` says how many. */
  readonly settings: Settings;
  readonly create: boolean;
  readonly log: Log;
  /** Aborted when all have to drain. */
  readonly stop: AbortSignal;
  /** Called with the sum of the final ledgers, after a failure too; not if no worker came to receive. */
  readonly ended: (report: SupervisorReport) => void | Promise<void>;
}

/** A worker needs no more than the shutdown timeout; this is for the way there and back. */
const GRACE_MS = 500;
/** Someone waits for the ledger at a terminal. */
const ANSWER_MS = 1_000;

/**
 * Runs workers, each in a process of its own, until it is told to stop and all have drained. Works on no
 * message itself.
 */
export class Supervisor {
  readonly #settings: Settings;
  readonly #create: boolean;
  readonly #log: Log;
  readonly #ended: Supervision['ended'];
  readonly #ledger: WorkerLedgers;
  readonly #running = new Map<number, Child>();
  readonly #givingUp = new AbortController();
  readonly #stopping: AbortSignal;
  readonly #firstWorks = Promise.withResolvers<undefined>();
  #hasWorked = false;
  #failure: LmsError | undefined;

  constructor({ settings, create, log, stop, ended }: Supervision) {
    this.#settings = settings;
    this.#create = create;
    this.#log = log;
    this.#ended = ended;
    this.#ledger = new WorkerLedgers(settings.workers);
    this.#stopping = AbortSignal.any([stop, this.#givingUp.signal]);
  }

  /**
   * The first worker starts alone: it creates what is missing, and if it cannot, one message says so. SIGUSR2
   * logs all ledgers and their sum. Rejects with the `LmsError` that no restart would mend, UNACCOUNTED if a
   * worker did not drain in time.
   */
  async run(): Promise<void> {
    const { workers } = this.#settings;
    const logLedgers = () => void this.#logLedgers();
    process.on('SIGUSR2', logLedgers).on('exit', this.#killAll);
    this.#stopping.addEventListener('abort', () => void this.#stopAll());
    this.#log.info({ workers }, 'supervising');
    const first = this.#keep(1);
    await Promise.race([this.#firstWorks.promise, first]);
    const others = Array.from({ length: workers - 1 }, (_, index) => this.#keep(index + 2));
    await Promise.all([first, ...others]);
    process.off('SIGUSR2', logLedgers).off('exit', this.#killAll);
    if (this.#hasWorked) await this.#ended(this.#ledger.report());
    if (this.#failure) throw this.#failure;
  }

  /** Keeps a worker running until all have to stop. */
  async #keep(worker: number): Promise<void> {
    const policy = new RestartPolicy(worker);
    let goesOn = !this.#stopping.aborted;
    while (goesOn) goesOn = await this.#goesOn(worker, policy, await this.#work(worker));
  }

  /** Resolves when the worker that ended is to be started again: to true; to false if it is not. */
  async #goesOn(worker: number, policy: RestartPolicy, end: WorkerEnd): Promise<boolean> {
    if (this.#stopping.aborted) {
      this.#failure ??= failureAtStop(worker, end, this.#hasWorked);
      return false;
    }
    const decision = policy.decide(end, systemClock.now(), this.#hasWorked);
    if (decision.kind === 'give-up') {
      this.#giveUp(worker, decision.error);
      return false;
    }
    const { delayMs } = decision;
    this.#log.warn({ worker, reason: reason(end), delayMs }, 'worker ended; it is started again');
    return pause(systemClock, delayMs, this.#stopping).then(
      () => true,
      () => false,
    );
  }

  /** One process of this worker, from start to end. */
  async #work(worker: number): Promise<WorkerEnd> {
    const order = { kind: 'work', worker, settings: this.#settings, create: this.#create } as const;
    const child = new Child(order, () => {
      this.#hasWorked = true;
      this.#firstWorks.resolve(undefined);
    });
    this.#running.set(worker, child);
    const end = await child.ended;
    this.#running.delete(worker);
    if (child.finalLedger) this.#ledger.add(worker, child.finalLedger);
    if (end.kind === 'died' && !end.accounted) this.#ledger.addLost();
    return end;
  }

  #giveUp(worker: number, error: LmsError): void {
    this.#failure ??= error;
    this.#log.error({ worker, code: error.code, reason: error.message }, 'worker failed: all are stopped');
    this.#givingUp.abort();
  }

  async #stopAll(): Promise<void> {
    for (const child of this.#running.values()) child.stop();
    await setTimeout(this.#settings.shutdownTimeoutMs + GRACE_MS, undefined, { ref: false });
    this.#killAll();
  }

  /** Also when a second signal ends this process. After a crash of it, workers drain by themselves. */
  readonly #killAll = () => {
    if (!this.#stopping.aborted) return;
    for (const child of this.#running.values()) child.kill();
  };

  async #logLedgers(): Promise<void> {
    const present = new Map<number, LedgerReport>();
    const ask = async ([worker, child]: readonly [number, Child]) => {
      const ledger = await child.ledger(ANSWER_MS);
      if (ledger) present.set(worker, ledger);
      else this.#log.warn({ worker }, 'worker does not answer: the sum is without its ledger');
    };
    await Promise.all([...this.#running].map(ask));
    this.#log.info(this.#ledger.report(present), 'ledger');
  }
}
