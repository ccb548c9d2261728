import { within } from '../pipeline/clock.ts';
import type { Clock } from '../pipeline/ports.ts';
import { InputRun } from './input-run.ts';
import { type AgentLedger, sumOf } from './ledger.ts';
import type { EntrySink, Input, InputStatus } from './ports.ts';
import type { Pacer } from './sending/pacer.ts';
import { type Amount, Room } from './sending/room.ts';
import { Sender, type SenderLimits } from './sending/sender.ts';

/** How an agent works. */
export interface AgentOptions {
  readonly clock: Clock;
  /** How long a stop waits for what is under way, in milliseconds: asked when it comes. */
  readonly stopTimeoutMs: (report: AgentReport) => number;
  /** Undefined: everything goes at once. */
  readonly pacer?: Pacer | undefined;
  readonly limits: SenderLimits & { readonly room: Amount };
  /** Told of entries that were refused, as far as these are told of: the input, and why. */
  readonly onRefused: (input: Input, reason: string) => void;
}

/** An input, and what became of what it had. */
export interface InputReport {
  readonly status: InputStatus;
  /** Whether what is not confirmed comes again in the next run. */
  readonly isKept: boolean;
  readonly ledger: AgentLedger;
  /** Entries that were handed over and are not confirmed. */
  readonly unconfirmed: number;
  /** For how long the oldest of these has waited, in milliseconds; 0 without any. */
  readonly waitingMs: number;
}

/** An agent as it stands. */
export interface AgentReport {
  readonly inputs: readonly InputReport[];
  /** Of all inputs. */
  readonly ledger: AgentLedger;
  readonly unconfirmed: number;
  /** What is on its way to whoever takes it. */
  readonly inFlight: Amount;
}

/** Reads many inputs at once, sends what they hand over, and tells them what is confirmed. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #runs: readonly InputRun[];
  readonly #room: Room;
  readonly #giveUp = new AbortController();
  readonly #failure = new AbortController();
  #error: unknown;

  /** Whoever opened inputs and sink closes them. */
  constructor(inputs: readonly Input[], sink: EntrySink, options: AgentOptions) {
    this.#options = options;
    const { clock, pacer, limits, onRefused } = options;
    this.#room = new Room(limits.room);
    const sending = {
      sender: new Sender(sink, limits, this.#giveUp.signal),
      room: this.#room,
      pacer,
      clock,
      giveUp: this.#giveUp.signal,
      onRefused,
      onFailure: (error: unknown) => {
        this.#fail(error);
      },
    };
    this.#runs = inputs.map((input) => new InputRun(input, sending));
  }

  get report(): AgentReport {
    const inputs = this.#runs.map((run) => ({
      status: run.input.status(),
      isKept: run.input.isKept ?? run.input.kind === 'files',
      ledger: run.ledger,
      unconfirmed: run.unconfirmed,
      waitingMs: run.waitingMs,
    }));
    return {
      inputs,
      ledger: sumOf(inputs.map(({ ledger }) => ledger)),
      unconfirmed: inputs.reduce((sum, { unconfirmed }) => sum + unconfirmed, 0),
      inFlight: this.#room.taken,
    };
  }

  /**
   * Resolves once all inputs have ended and what they had is confirmed; or, told to stop, once what is under way is,
   * or the time for that is over: what is unconfirmed then is in the report. Rejects with what else ended it, after
   * the same.
   */
  async run(stop: AbortSignal): Promise<void> {
    const end = AbortSignal.any([stop, this.#failure.signal]);
    const work = Promise.all(this.#runs.map((run) => run.run(end))).then(() => undefined);
    const abort = () => {
      const { clock, stopTimeoutMs } = this.#options;
      void within(clock, stopTimeoutMs(this.report), work).then(() => {
        this.#giveUp.abort();
      });
    };
    if (end.aborted) abort();
    else end.addEventListener('abort', abort, { once: true });
    await work;
    end.removeEventListener('abort', abort);
    if (this.#error !== undefined) throw this.#error as Error;
  }

  /** What fails because it is waited for no longer is no failure. */
  #fail(error: unknown): void {
    if (this.#giveUp.signal.aborted) return;
    this.#error ??= error;
    this.#failure.abort();
  }
}
