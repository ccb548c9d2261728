/** A decimal number, exactly: 0.digits × 10^exponent. */
export interface Decimal {
  readonly isNegative: boolean;
  /** Without zeros at either end: '' is zero. */
  readonly digits: string;
  readonly exponent: number;
}

/** Every part of it can begin at one place alone, so that no text takes longer than it is long. */
const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,9}))?$/;

/** The number that all of a text spells; undefined if it spells none, or one beyond 10^999,999,999. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = match[4] ?? '', , power = '0'] = match;
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = withoutZerosAtEnd(all);
  if (digits === '') return { isNegative: false, digits: '', exponent: 0 };
  return { isNegative: sign === '-', digits, exponent: Number(power) - fraction.length + all.length };
}

/** As `replace(/0+$/, '')`, which would look for an end in every run of zeros. */
function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 0x30) end -= 1;
  return digits.slice(0, end);
}

/** Negative, 0 or positive, as `one` is less than, equal to or greater than `other`. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  const sign = signOf(one);
  if (sign !== signOf(other)) return sign - signOf(other);
  const size = one.exponent - other.exponent;
  if (size !== 0) return sign * size;
  if (one.digits === other.digits) return 0;
  return one.digits < other.digits ? -sign : sign;
}

function signOf({ isNegative, digits }: Decimal): number {
  if (digits === '') return 0;
  return isNegative ? -1 : 1;
}
