import type { Span } from './patterns/matcher.ts';

const FEWEST_DIGITS = 13;
const MOST_DIGITS = 19;
const ZERO = 0x30;

/**
 * The numbers of payment cards in a run of digits that may have single spaces or dashes between them: 13 to 19
 * digits that begin with 2 to 6, whose last one is the check digit of the others (Luhn), and that neither begin
 * nor end inside a group of digits. Times and counters, which have as many digits, nearly all fail.
 */
export function cardNumbers(run: string): readonly Span[] {
  const places = [...run.matchAll(/\d/g)].map(({ index }) => index);
  const isDigit = (at: number) => /\d/.test(run.charAt(at));
  const found: Span[] = [];
  for (const [first, start] of places.entries()) {
    if (isDigit(start - 1) || !/[2-6]/.test(run.charAt(start))) continue;
    for (let digits = MOST_DIGITS; digits >= FEWEST_DIGITS; digits -= 1) {
      const numbered = places.slice(first, first + digits);
      const end = (numbered.at(-1) ?? 0) + 1;
      if (numbered.length < digits || isDigit(end)) continue;
      if (isChecked(numbered.map((at) => run.charCodeAt(at) - ZERO))) found.push({ start, end });
    }
  }
  return merged(found);
}

/** From the last digit on, every second one counts twice, and the digits of that are added up. */
function isChecked(digits: readonly number[]): boolean {
  const sum = digits.toReversed().reduce((total, digit, index) => {
    const value = index % 2 === 0 ? digit : digit * 2;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function merged(spans: readonly Span[]): readonly Span[] {
  const apart: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((one, other) => one.start - other.start)) {
    const last = apart.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else apart.push({ start, end });
  }
  return apart;
}
