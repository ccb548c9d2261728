import type { Draw } from '../draw.ts';
import type { Conditions, FaultKind } from './fault.ts';

const HOUR_MS = 3_600_000;

/** What happens to worker processes. */
export const WORKER_FAULTS: readonly FaultKind[] = [
  {
    name: 'workers killed (SIGKILL)',
    weight: 4,
    draw: (draw, conditions) => {
      const slots = someSlots(draw, conditions);
      return { details: named(slots), inject: ({ fleet }, over) => fleet.kill(slots, over) };
    },
  },
  {
    name: 'workers stopped (SIGTERM)',
    weight: 4,
    draw: (draw, conditions) => {
      const slots = someSlots(draw, conditions);
      return { details: named(slots), inject: ({ fleet }, over) => fleet.terminate(slots, over) };
    },
  },
  {
    name: 'worker frozen for a moment (SIGSTOP)',
    weight: 1,
    draw: freeze(300, 3_000),
  },
  {
    // ACK_DEADLINE is 10 s here: what it holds is delivered again, to others, and it wakes up with a batch
    // that is stored already.
    name: 'worker frozen past its leases (SIGSTOP)',
    weight: 1.5,
    draw: freeze(10_500, 12_500),
  },
  {
    name: "worker's clock jumped",
    weight: 2,
    draw: (draw, { workers }) => {
      const slot = draw.whole(0, workers - 1);
      const wallMs = draw.whole(-2 * HOUR_MS, 2 * HOUR_MS);
      const monotonicMs = draw.chance(0.5) ? draw.whole(1_000, HOUR_MS) : 0;
      const details = `${named([slot])}: wall ${seconds(wallMs)}, monotonic ${seconds(monotonicMs)}`;
      return { details, inject: ({ fleet }, over) => fleet.jumpClock(slot, { wallMs, monotonicMs }, over) };
    },
  },
];

function freeze(leastMs: number, mostMs: number): FaultKind['draw'] {
  return (draw, { workers }) => {
    const slot = draw.whole(0, workers - 1);
    const forMs = draw.whole(leastMs, mostMs);
    const details = `${named([slot])} for ${seconds(forMs)}`;
    return { details, inject: ({ fleet }, over) => fleet.freeze(slot, forMs, over) };
  };
}

/** Mostly one, at times all. */
function someSlots(draw: Draw, { workers }: Conditions): number[] {
  const all = Array.from({ length: workers }, (_, slot) => slot);
  return draw.several(all, draw.chance(0.5) ? 1 : draw.whole(1, workers));
}

function named(slots: readonly number[]): string {
  return `worker ${slots
    .map((slot) => slot + 1)
    .sort()
    .join(', ')}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
