import { expect, onTestFinished } from 'vitest';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { isRejection } from '../../src/logs/rejection.ts';
import type { Delivery } from '../../src/pipeline/ports.ts';
import type { ScreenedEntry } from '../../src/pipeline/screened.ts';
import { isKept } from '../../src/pipeline/shared-delivery.ts';
import { Worker, type WorkerLimits } from '../../src/pipeline/worker.ts';
import { FakeClock, settled } from './fake-clock.ts';
import { MemoryDeadLetters } from './memory-dead-letters.ts';
import { MemoryStore } from './memory-store.ts';
import { RecordingEvents } from './recording-events.ts';
import { RecordingLog } from './recording-log.ts';
import { decodeSeveral, malformedMessage, sampleMessage } from './samples.ts';
import { ScriptedSource } from './scripted-source.ts';
import { publishedId } from './stored-id.ts';

export const LIMITS: WorkerLimits = {
  maxRows: 10,
  maxBytes: 16 * 1024 * 1024,
  flushIntervalMs: 60_000,
  flushesInFlight: 2,
  refusedRowsTimeoutMs: 600_000,
  shutdownTimeoutMs: 10_000,
};

/**
 * A bench for one test. Whatever that is about, it fails if anything was acknowledged before it was kept, or
 * settled twice.
 */
export function openBench(limits: Partial<WorkerLimits> = {}): WorkerBench {
  const bench = new WorkerBench(limits);
  onTestFinished(() => {
    expect(bench.source.violations).toEqual([]);
  });
  return bench;
}

/** A worker with every part around it in the test's hands. */
export class WorkerBench {
  readonly log = new RecordingLog();
  readonly events = new RecordingEvents();
  readonly store = new MemoryStore();
  readonly deadLetters = new MemoryDeadLetters();
  clock = new FakeClock();
  source = new ScriptedSource(this.clock);
  worker: Worker;
  decode = decodeSeveral;
  /** What `run` came to. */
  ended: 'no' | 'resolved' | { readonly error: unknown } = 'no';
  readonly #limits: WorkerLimits;
  #process = { lives: true };
  #stop = new AbortController();

  constructor(limits: Partial<WorkerLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    this.worker = this.#begin();
  }

  /**
   * The worker's process is gone, and another begins in its place. What the old one had begun is still
   * answered, and it begins nothing more; its clock stands still. Returns what it held: the service delivers
   * that again.
   */
  replaceProcess(): readonly Delivery[] {
    const held = this.source.heldDeliveries;
    this.#process.lives = false;
    this.#process = { lives: true };
    this.#stop = new AbortController();
    this.clock = new FakeClock();
    this.source = new ScriptedSource(this.clock);
    this.worker = this.#begin();
    return held;
  }

  #begin(): Worker {
    const { clock, log, events, store, deadLetters, source } = this;
    const process = this.#process;
    const never = new Promise<never>(() => undefined);
    const worker = new Worker(
      {
        source,
        decode: (message) => this.decode(message),
        store: {
          write: (batch) => (process.lives ? store.write(batch) : never),
          close: () => store.close(),
        },
        deadLetters: { publish: (letters) => (process.lives ? deadLetters.publish(letters) : never) },
        clock,
        log,
        events,
      },
      this.#limits,
    );
    source.isKept = (delivery) => this.#isKept(delivery);
    void worker.run(this.#stop.signal).then(
      () => (this.ended = 'resolved'),
      (error: unknown) => (this.ended = { error }),
    );
    return worker;
  }

  /**
   * Delivers valid messages, in one response, and waits until all that follows without time passing has
   * happened.
   */
  async deliver(...messageIds: readonly string[]): Promise<void> {
    this.source.deliver(messagesOf(messageIds, (id) => sampleMessage(id)));
    await settled();
  }

  /** The same with messages that cannot be decoded. */
  async deliverMalformed(...messageIds: readonly string[]): Promise<void> {
    this.source.deliver(messagesOf(messageIds, malformedMessage));
    await settled();
  }

  /** Tells the worker to stop; it has begun when this resolves. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await settled();
  }

  get ackedIds(): string[] {
    return this.source.acked.map(({ messageId }) => messageId);
  }

  get nackedIds(): string[] {
    return this.source.nacked.map(({ messageId }) => messageId);
  }

  #isKept(delivery: Delivery): boolean {
    const screened = decodeSeveral(delivery);
    const decoded: readonly ScreenedEntry[] = Array.isArray(screened) ? screened : [screened];
    const ids = decoded.filter(isKept).map(({ eventId }) => publishedId(eventId));
    const unstored = ids.filter((eventId) => !this.store.rows.has(eventId));
    if (!decoded.some(isRejection) && unstored.length === 0) return true;
    // A dead letter stands for what is bad, not for the entries beside it.
    const isBad = (eventId: string) => decoded.length === 1 || this.store.refused.has(eventId);
    return this.deadLetters.has(delivery.messageId) && unstored.every(isBad);
  }
}

function messagesOf(
  messageIds: readonly string[],
  message: (id: string) => OutgoingMessage,
): Map<string, OutgoingMessage> {
  return new Map(messageIds.map((id) => [id, message(id)]));
}
