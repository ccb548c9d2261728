import type { Random } from './random.ts';

/** When messages fall due. Times are milliseconds since the start; what was not taken in time stays due. */
export interface Rate {
  /**
   * Takes at most `max` of the messages that are due at `elapsedMs`, which never goes down; returns how many.
   */
  take(elapsedMs: number, max: number): number;
  /** When the next message that was not taken falls due. */
  nextAtMs(): number;
}

/**
 * `perSecond` messages a second: the nth is due after n / perSecond seconds, so that the rate is exact
 * however often it is asked.
 */
export function steadyRate(perSecond: number): Rate {
  let taken = 0;
  return {
    take(elapsedMs, max) {
      const due = Math.floor((elapsedMs * perSecond) / 1000) - taken;
      const count = Math.max(0, Math.min(due, max));
      taken += count;
      return count;
    },
    nextAtMs: () => ((taken + 1) * 1000) / perSecond,
  };
}

/** As fast as they are taken, until `endMs`. */
export function unlimitedRate(endMs: number): Rate {
  return {
    take: (elapsedMs, max) => (elapsedMs < endMs ? max : 0),
    nextAtMs: () => 0,
  };
}

/** One message every `minGapMs` to `maxGapMs`, evenly distributed: about what a person can read along. */
export function leisurelyRate(random: Random, minGapMs = 50, maxGapMs = 2000): Rate {
  const gapMs = () => minGapMs + random() * (maxGapMs - minGapMs);
  let nextAtMs = gapMs();
  return {
    take(elapsedMs, max) {
      let count = 0;
      for (; count < max && nextAtMs <= elapsedMs; count += 1) nextAtMs += gapMs();
      return count;
    },
    nextAtMs: () => nextAtMs,
  };
}
