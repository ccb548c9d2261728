import type { AgentReport } from '../../agent/agent.ts';
import type { InputStatus } from '../../agent/ports.ts';
import type { Log } from '../../pipeline/ports.ts';

/** Refusals that are told of one by one, in one look; the others are counted. */
const MAX_TOLD = 10;
/** Between two lines that say how an agent comes on, in milliseconds. */
const PROGRESS_MS = 60_000;

/** Counters of what is lost, and what that means. */
const LOSSES: ReadonlyMap<string, string> = new Map([
  ['lost_lines', 'lines were lost: there was no room for them'],
  ['datagrams_dropped', 'datagrams were lost before they could be received: net.core.rmem_max may be small'],
  ['connections_turned_away', 'connections were turned away: too many are open'],
]);
/** Between two lines that say of the same input that something is lost, in milliseconds. */
const LOSS_MS = 60_000;

type Told = Pick<InputStatus, 'state' | 'reason' | 'format'>;

/** How much of a loss was told, and when. */
interface ToldLoss {
  readonly count: number;
  readonly atMs: number;
}

/** Tells in the log what is new of an agent's inputs: the format that was found, a failure, what it waits for, its end. */
export class StatusNews {
  readonly #log: Log;
  readonly #told = new Map<number, Told>();
  readonly #losses = new Map<string, ToldLoss>();
  #refusals: { readonly input: string; readonly reason: string }[] = [];
  #refused = 0;
  #progressAtMs = 0;
  #linesTold = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** An entry was refused for good. */
  refused(input: string, reason: string): void {
    this.#refused += 1;
    if (this.#refusals.length < MAX_TOLD) this.#refusals.push({ input, reason });
  }

  /** Looks at all of it: every few seconds, and at the end. `nowMs` is of a clock that only grows. */
  look(report: AgentReport, nowMs: number, isLast = false): void {
    for (const [index, { status }] of report.inputs.entries()) {
      this.#input(index, status);
      for (const [counter, text] of LOSSES) this.#loss({ counter, text, index }, status, { nowMs, isLast });
    }
    this.#tellRefusals();
    const { lines, sent } = report.ledger;
    if (nowMs - this.#progressAtMs < PROGRESS_MS) return;
    this.#progressAtMs = nowMs;
    if (lines > this.#linesTold) this.#log.info({ lines, sent, unconfirmed: report.unconfirmed }, 'reading');
    this.#linesTold = lines;
  }

  #input(index: number, { name: input, state, reason, format }: InputStatus): void {
    const told = this.#told.get(index);
    this.#told.set(index, { state, reason, format: format ?? told?.format });
    if (format !== undefined && format !== told?.format) this.#log.info({ input, format }, 'format');
    if (state === 'failing') {
      if (told?.state !== 'failing' || told.reason !== reason)
        this.#log.warn({ input, reason }, 'an input cannot be read: trying again');
    } else if (told?.state === 'failing' && state !== 'ended')
      this.#log.info({ input }, 'an input can be read again');
    if (state === 'waiting' && reason !== undefined && told?.reason !== reason)
      this.#log.info({ input, reason }, 'an input waits');
    if (state !== 'ended' || told?.state === 'ended') return;
    if (reason === undefined || reason === told?.reason) this.#log.debug({ input }, 'an input has ended');
    else this.#log.warn({ input, reason }, 'an input has ended, and could not be read whole');
  }

  #loss(
    { counter, text, index }: { readonly counter: string; readonly text: string; readonly index: number },
    { name: input, counters }: InputStatus,
    { nowMs, isLast }: { readonly nowMs: number; readonly isLast: boolean },
  ): void {
    const count = counters[counter] ?? 0;
    const key = `${String(index)} ${counter}`;
    const told = this.#losses.get(key);
    if (count <= (told?.count ?? 0)) return;
    if (told !== undefined && nowMs - told.atMs < LOSS_MS && !isLast) return;
    this.#losses.set(key, { count, atMs: nowMs });
    const bytes = counter === 'lost_lines' ? { lost_bytes: counters['lost_bytes'] } : {};
    this.#log.warn({ input, [counter]: count, ...bytes }, text);
  }

  #tellRefusals(): void {
    for (const refusal of this.#refusals) this.#log.warn(refusal, 'an entry was refused for good');
    const more = this.#refused - this.#refusals.length;
    if (more > 0) this.#log.warn({ more }, 'more entries were refused for good');
    this.#refusals = [];
    this.#refused = 0;
  }
}
