/**
 * Digits of the numbers in message ids and ack ids: of one length, so that they can be written and read
 * without strings.
 */
export const DECIMAL_DIGITS = 16;

const HALF = 1e8;
const ZERO = 48;

/** Writes `value` (an integer below 10^16, and safe) as 16 ASCII digits. */
export function writeDecimal(target: Buffer, position: number, value: number): void {
  const high = Math.floor(value / HALF);
  writeHalf(target, position, high);
  writeHalf(target, position + 8, value - high * HALF);
}

/** Reads 16 ASCII digits; undefined if they are none. */
export function readDecimal(source: Uint8Array, position: number): number | undefined {
  let value = 0;
  for (let at = position; at < position + DECIMAL_DIGITS; at += 1) {
    const digit = (source[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function writeHalf(target: Buffer, position: number, value: number): void {
  let rest = value | 0;
  for (let at = position + 7; at >= position; at -= 1) {
    const quotient = (rest / 10) | 0;
    target[at] = ZERO + rest - quotient * 10;
    rest = quotient;
  }
}
