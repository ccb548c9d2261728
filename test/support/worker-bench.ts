import { expect, onTestFinished } from 'vitest';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import type { Delivery } from '../../src/pipeline/ports.ts';
import { Worker, type WorkerLimits } from '../../src/pipeline/worker.ts';
import { FakeClock, settled } from './fake-clock.ts';
import { MemoryDeadLetters } from './memory-dead-letters.ts';
import { MemoryStore } from './memory-store.ts';
import { RecordingEvents } from './recording-events.ts';
import { RecordingLog } from './recording-log.ts';
import { malformedMessage, sampleMessage } from './samples.ts';
import { ScriptedSource } from './scripted-source.ts';

export const LIMITS: WorkerLimits = {
  maxRows: 10,
  maxBytes: 16 * 1024 * 1024,
  flushIntervalMs: 60_000,
  flushesInFlight: 2,
  shutdownTimeoutMs: 10_000,
};

/** A bench for one test. Whatever that is about, it fails if anything was acknowledged before it was kept, or settled twice. */
export function openBench(limits: Partial<WorkerLimits> = {}): WorkerBench {
  const bench = new WorkerBench(limits);
  onTestFinished(() => {
    expect(bench.source.violations).toEqual([]);
  });
  return bench;
}

/** A worker with every part around it in the test's hands. */
export class WorkerBench {
  readonly clock = new FakeClock();
  readonly log = new RecordingLog();
  readonly events = new RecordingEvents();
  readonly store = new MemoryStore();
  readonly deadLetters = new MemoryDeadLetters();
  readonly source = new ScriptedSource(this.clock);
  readonly worker: Worker;
  /** What `run` came to. */
  ended: 'no' | 'resolved' | { readonly error: unknown } = 'no';
  readonly #stop = new AbortController();

  constructor(limits: Partial<WorkerLimits> = {}) {
    const { clock, log, events, store, deadLetters, source } = this;
    this.worker = new Worker({ source, store, deadLetters, clock, log, events }, { ...LIMITS, ...limits });
    source.isKept = (delivery) => this.#isKept(delivery);
    void this.worker.run(this.#stop.signal).then(
      () => (this.ended = 'resolved'),
      (error: unknown) => (this.ended = { error }),
    );
  }

  /** Delivers valid messages, in one response, and waits until all that follows without time passing has happened. */
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

  #isKept({ messageId, attributes }: Delivery): boolean {
    return this.store.rows.has(attributes['event_id'] ?? messageId) || this.deadLetters.has(messageId);
  }
}

function messagesOf(
  messageIds: readonly string[],
  message: (id: string) => OutgoingMessage,
): Map<string, OutgoingMessage> {
  return new Map(messageIds.map((id) => [id, message(id)]));
}
