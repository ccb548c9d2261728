import type { Clock } from '../pipeline/ports.ts';
import type { FollowNote } from './follow-ports.ts';
import type { HeartbeatEvent } from './tail-event.ts';

/** Less is no lag that anyone would see. */
const LEAST_MS = 2_000;
/** The clocks are compared by so many of the last heartbeats: five minutes of them. */
const COMPARED = 30;

/**
 * How far behind it is what is shown: the server's own lag, and what lies between it and here. Of the clocks at both
 * ends only the differences count, so that it does not matter how they are set: the fastest heartbeat is the
 * measure.
 */
export class Lag {
  readonly #clock: Clock;
  #offsets: number[] = [];
  #wasBehind = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Another connection: perhaps to another server. */
  reset(): void {
    this.#offsets = [];
  }

  /** Whether something is to be said, now that a heartbeat has come. */
  notes({ time, lagMs: serverLagMs }: HeartbeatEvent): readonly FollowNote[] {
    const offset = this.#clock.now() - Date.parse(time);
    this.#offsets = [...this.#offsets, offset].slice(-COMPARED);
    const lagMs = serverLagMs + offset - Math.min(...this.#offsets);
    const isBehind = lagMs > LEAST_MS;
    const isNews = isBehind || this.#wasBehind;
    this.#wasBehind = isBehind;
    return isNews ? [{ kind: 'behind', lagMs: isBehind ? lagMs : 0 }] : [];
  }
}
