import type { SubscriptionStats } from '../../broker/broker.ts';
import type { Clock } from '../../pipeline/ports.ts';

const LOOK_MS = 20;
const TELL_MS = 5_000;

/** See `drained`. */
export interface Draining {
  /** The subscription that the worker reads. */
  readonly look: () => Pick<SubscriptionStats, 'waiting' | 'outstanding' | 'acked'>;
  /** Whether the worker goes on. */
  readonly isWorking: () => boolean;
  /** Without an acknowledgement for so long, nothing more is waited for. */
  readonly patienceMs: number;
  /** Told now and then how many messages are left. */
  readonly tell: (left: number) => void;
  readonly clock: Clock;
}

/**
 * Resolves when a worker has acknowledged all that its subscription has, however long that takes; or when it has
 * stopped, or gets nowhere.
 */
export async function drained({ look, isWorking, patienceMs, tell, clock }: Draining): Promise<void> {
  let { acked } = look();
  let movedMs = clock.now();
  let toldMs = movedMs;
  while (isWorking()) {
    const stats = look();
    const left = stats.waiting + stats.outstanding;
    const nowMs = clock.now();
    if (left === 0) return;
    if (stats.acked > acked) movedMs = nowMs;
    ({ acked } = stats);
    if (nowMs - movedMs > patienceMs) return;
    if (nowMs - toldMs >= TELL_MS) {
      toldMs = nowMs;
      tell(left);
    }
    await new Promise<void>((resolve) => {
      clock.schedule(LOOK_MS, resolve);
    });
  }
}
