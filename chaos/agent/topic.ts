import { protos } from '@google-cloud/pubsub';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { decode } from '../../src/logs/decode.ts';
import type { LogEntry } from '../../src/logs/entry.ts';

const { PubsubMessage } = protos.google.pubsub.v1;
const PROJECT = 'lms';
const SUBSCRIPTION = `projects/${PROJECT}/subscriptions/log-sub`;
/** What is published and not taken out is decoded again at each look. */
const KEPT = 'kept';

/** A broker that dies now and then, and what was ever confirmed by it. */
export class Topic implements AsyncDisposable {
  readonly broker: Broker;
  /** Payloads of the rows that the messages become, by the keys of these. */
  readonly #rows = new Map<string, string>();
  /** Rows that came twice and were not the same. */
  readonly problems: string[] = [];

  private constructor(broker: Broker) {
    this.broker = broker;
  }

  static async start(): Promise<Topic> {
    return new Topic(await startBroker());
  }

  get env(): Readonly<Record<string, string>> {
    return {
      PUBSUB_EMULATOR_HOST: `${this.broker.host}:${String(this.broker.port)}`,
      PUBSUB_PROJECT_ID: PROJECT,
    };
  }

  /** Nobody can reach it for so long; then it goes on, with what it has, or as a new one that has nothing. */
  async die(forMs: (ms: number) => Promise<unknown>, ms: number, memory: 'kept' | 'lost'): Promise<void> {
    await this.broker.pause();
    if (memory !== KEPT) this.#look();
    await forMs(ms);
    await this.broker.resume(memory);
  }

  /** Payloads of all rows. */
  payloads(): string[] {
    this.#look();
    return [...this.#rows.values()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.broker.close();
  }

  #look(): void {
    for (const bytes of this.#unacknowledged()) {
      const { data, messageId } = PubsubMessage.decode(bytes);
      const message = {
        data: Buffer.from(data),
        messageId,
        attributes: {},
        publishTime: { seconds: 0, nanos: 0 },
      };
      const { timestamp, eventId, payload } = decode(message) as LogEntry;
      const key = `${timestamp} ${eventId}`;
      const before = this.#rows.get(key) ?? payload;
      if (before !== payload) this.problems.push(`${key} is two lines: ${before} and ${payload}`);
      this.#rows.set(key, payload);
    }
  }

  #unacknowledged(): readonly Uint8Array[] {
    try {
      return this.broker.unacknowledged(SUBSCRIPTION);
    } catch {
      // It has lost everything, and nobody has made it again yet.
      return [];
    }
  }
}
