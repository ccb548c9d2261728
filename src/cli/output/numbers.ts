const WHOLE = new Intl.NumberFormat('en-US');
const ONE_TENTH = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const TENTHS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** A count for people: `1,234`. */
export function count(value: number | bigint): string {
  return WHOLE.format(value);
}

const DAY_S = 86_400;
const UNITS = [
  ['d', DAY_S],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A length of time for people, in its two largest units: `3 d 4 h`, `7 d`, `12 min 5 s`, `0 s`. */
export function duration(ms: number): string {
  let seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = UNITS.map(([unit, size]) => {
    const whole = Math.floor(seconds / size);
    seconds -= whole * size;
    return { whole, unit };
  });
  const first = parts.findIndex(({ whole }) => whole > 0);
  if (first === -1) return '0 s';
  const shown = parts.slice(first, first + 2).filter(({ whole }) => whole > 0);
  return shown.map(({ whole, unit }) => `${count(whole)} ${unit}`).join(' ');
}

/** Seconds for people, to a tenth: `8.0 s`. */
export function seconds(ms: number): string {
  return `${ONE_TENTH.format(ms / 1000)} s`;
}

/** A rate for people, below 10 with a fraction: `21/s`, `0.9/s`. */
export function ratePerSecond(done: number, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  return `${rate < 10 ? TENTHS.format(rate) : WHOLE.format(Math.round(rate))}/s`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A number of bytes for people, below 10 with a fraction: `512 B`, `1.4 GiB`, `230 MiB`. */
export function byteText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  // What would be rounded to 1,024 is one of the next unit.
  while (Math.abs(value) >= 1_023.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const isSmall = unit > 0 && Math.abs(value) < 9.95;
  return `${isSmall ? ONE_TENTH.format(value) : WHOLE.format(Math.round(value))} ${BYTE_UNITS[unit] ?? ''}`;
}
