import { status } from '@grpc/grpc-js';
import type { OpenOutage } from '../pipeline/outage.ts';
import type { Clock, Log } from '../pipeline/ports.ts';
import type { PubSubClients } from './client.ts';
import { statusOf } from './errors.ts';
import { DELETED_TOPIC } from './subscription-check.ts';

/** One small call this often. */
const LOOK_MS = 45_000;
const CALL_TIMEOUT_MS = 10_000;
const REMINDER_MS = 10 * 60_000;

const WHAT = 'the topic of the subscription was deleted';
const REASON =
  'it gets no new messages, even if there is a topic of that name again; once it is empty, delete it to have it created again';

export interface SubscriptionWatchParts {
  readonly clients: Pick<PubSubClients, 'subscriber'>;
  /** Full name of the subscription. */
  readonly subscription: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Looks now and then whether the subscription still has its topic: a stream goes on as if nothing had
 * happened when that is deleted. Nothing is found out without the right to look; other failures are
 * passed over, for the source tells of them.
 */
export class SubscriptionWatch {
  readonly #parts: SubscriptionWatchParts;
  #deletedSinceMs: number | undefined;
  #toldMs = 0;
  #stopped = false;
  #cancelNext: () => void = () => undefined;

  constructor(parts: SubscriptionWatchParts) {
    this.#parts = parts;
  }

  /** Lasts for as long as the subscription has no topic. */
  get outage(): OpenOutage | undefined {
    if (this.#deletedSinceMs === undefined) return undefined;
    return { what: WHAT, lastingMs: this.#parts.clock.now() - this.#deletedSinceMs, reason: REASON };
  }

  /** Looks at once, and from then on until `stop`. */
  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelNext();
  }

  async #look(): Promise<void> {
    const { clients, subscription, clock } = this.#parts;
    try {
      const options = { timeout: CALL_TIMEOUT_MS, retry: null };
      const [{ topic }] = await clients.subscriber().getSubscription({ subscription }, options);
      if (!this.#stopped) this.#found(topic === DELETED_TOPIC);
    } catch (error) {
      if (statusOf(error) === status.PERMISSION_DENIED) return;
    }
    if (this.#stopped) return;
    this.#cancelNext = clock.schedule(LOOK_MS, () => {
      void this.#look();
    });
  }

  #found(isDeleted: boolean): void {
    const { clock, log, subscription } = this.#parts;
    const nowMs = clock.now();
    if (!isDeleted) {
      if (this.#deletedSinceMs !== undefined) log.info({ subscription }, `${WHAT}: over`);
      this.#deletedSinceMs = undefined;
    } else if (this.#deletedSinceMs === undefined || nowMs - this.#toldMs >= REMINDER_MS) {
      this.#deletedSinceMs ??= nowMs;
      this.#toldMs = nowMs;
      log.error({ subscription }, `${WHAT}: ${REASON}`);
    }
  }
}
