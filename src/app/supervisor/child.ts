import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LedgerReport } from '../ledger-report.ts';
import { isWorkerMessage, type Order, type WorkerMessage, type WorkOrder } from './messages.ts';
import type { WorkerEnd } from './restart-policy.ts';

/** Next to this file, in the source as in what is built from it. */
const PROGRAM = fileURLToPath(new URL(`./child-main${extname(import.meta.url)}`, import.meta.url));

/** A worker in a process of its own, as its supervisor sees it. It logs to our standard error. */
export class Child {
  /** Resolves when the process is gone and all that it said was heard. */
  readonly ended: Promise<WorkerEnd>;
  /** What the process accounted for at its end; undefined if it never began to receive, or died. */
  finalLedger: LedgerReport | undefined;
  readonly #process: ChildProcess;
  readonly #onStarted: () => void;
  #started = false;
  #failure: WorkerEnd | undefined;
  #asking: ((ledger: LedgerReport) => void)[] = [];

  /** `onStarted` is called when the worker begins to receive. */
  constructor(order: WorkOrder, onStarted: () => void) {
    this.#onStarted = onStarted;
    this.#process = fork(PROGRAM, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // As `lms` itself is started.
      execArgv: [...process.execArgv, '--disable-sigusr1', '--max-semi-space-size=16'],
    });
    this.#process.on('message', (message) => {
      if (isWorkerMessage(message)) this.#hear(message);
    });
    this.ended = this.#end();
    this.#tell(order);
  }

  /** Tells it to drain and end. */
  stop(): void {
    this.#tell({ kind: 'stop' });
  }

  /** Ends it at once; Pub/Sub delivers again what it held. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Its ledger of this moment; undefined if it does not answer within `limitMs`. */
  ledger(limitMs: number): Promise<LedgerReport | undefined> {
    return new Promise((resolve) => {
      this.#asking.push(resolve);
      setTimeout(resolve, limitMs, undefined).unref();
      this.#tell({ kind: 'ledger' });
    });
  }

  #tell(order: Order): void {
    // Sending fails if the process has ended. Nothing is done about that here: `ended` resolves then.
    this.#process.send(order, () => undefined);
  }

  #hear(message: WorkerMessage): void {
    switch (message.kind) {
      case 'started':
        this.#started = true;
        this.#onStarted();
        break;
      case 'ledger':
        for (const resolve of this.#asking.splice(0)) resolve(message.report);
        break;
      case 'ended':
        this.finalLedger = message.report;
        break;
      case 'failed':
        this.#failure = message;
        break;
    }
  }

  async #end(): Promise<WorkerEnd> {
    try {
      // What was said last may be heard after the process is gone: the channel closes behind it.
      await Promise.all([once(this.#process, 'exit'), once(this.#process, 'disconnect')]);
    } catch (error) {
      // It could not even be started.
      return { kind: 'died', how: String(error), accounted: true };
    }
    const { exitCode, signalCode } = this.#process;
    if (this.#failure) return this.#failure;
    if (exitCode === 0) return { kind: 'drained' };
    const how = signalCode ?? `exit status ${String(exitCode)}`;
    return { kind: 'died', how, accounted: !this.#started || this.finalLedger !== undefined };
  }
}
