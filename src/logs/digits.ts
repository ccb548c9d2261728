const ZERO = 0x30;

/**
 * Digits without the zeros at their end. Counted from there: the pattern `0+$` looks at a run of zeros again
 * from each of them, which takes minutes if a million stand before the last digit.
 */
export function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === ZERO) end -= 1;
  return digits.slice(0, end);
}
