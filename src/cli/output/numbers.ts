const WHOLE = new Intl.NumberFormat('en-US');
const TENTHS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** A count for people: `1,234`. */
export function count(value: number | bigint): string {
  return WHOLE.format(value);
}

/** A rate for people, with a fraction where it would say little without: `21/s`, `0.9/s`. */
export function ratePerSecond(done: number, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  return `${rate < 10 ? TENTHS.format(rate) : WHOLE.format(Math.round(rate))}/s`;
}
