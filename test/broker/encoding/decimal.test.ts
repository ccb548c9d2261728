import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DECIMAL_DIGITS, readDecimal, writeDecimal } from '../../../src/broker/encoding/decimal.ts';

it('a number is written as 16 digits, and read from them', () => {
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (value) => {
      const bytes = Buffer.alloc(DECIMAL_DIGITS + 2, 'x');
      writeDecimal(bytes, 1, value);
      expect(bytes.toString()).toBe(`x${String(value).padStart(16, '0')}x`);
      expect(readDecimal(bytes, 1)).toBe(value);
    }),
  );
});

it.each(['000000000000000x', '-000000000000001', '12345', ''])('"%s" is no number', (text) => {
  expect(readDecimal(Buffer.from(text), 0)).toBeUndefined();
});
