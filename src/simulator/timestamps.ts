/** Beyond this, the wall clock was set, or the machine slept: a monotonic clock knows of neither. */
const MAX_DRIFT_MS = 5;

let originMs = performance.timeOrigin;

/**
 * Unix time in microseconds. `Date` alone has only milliseconds: those below come from the monotonic clock.
 */
export function wallClockMicros(): number {
  const nowMs = Date.now();
  const driftMs = nowMs - (originMs + performance.now());
  if (Math.abs(driftMs) > MAX_DRIFT_MS) originMs += driftMs;
  return Math.floor((originMs + performance.now()) * 1000);
}

/**
 * Gives the present time as RFC 3339 text in UTC with microseconds, such as `2026-11-21T02:10:05.000123Z`.
 * The part down to the second is remembered: at full speed it is the same for a hundred thousand messages.
 */
export function timestamper(nowMicros: () => number = wallClockMicros): () => string {
  let second = Number.NaN;
  let prefix = '';
  return () => {
    const micros = nowMicros();
    const microsInSecond = micros % 1_000_000;
    const startOfSecond = micros - microsInSecond;
    if (startOfSecond !== second) {
      second = startOfSecond;
      prefix = new Date(startOfSecond / 1000).toISOString().slice(0, -'000Z'.length);
    }
    return `${prefix}${String(1_000_000 + microsInSecond).slice(1)}Z`;
  };
}
