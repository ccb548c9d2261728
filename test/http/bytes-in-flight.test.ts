import { expect, it } from 'vitest';
import { BytesInFlight } from '../../src/http/bytes-in-flight.ts';

it('what was given back holds nothing any more, whatever is read for it', () => {
  const inFlight = new BytesInFlight(100);
  const hold = inFlight.take(10);
  hold.grow(20);
  expect(inFlight.bytes).toBe(30);
  expect(() => {
    hold.grow(71);
  }).toThrow('send it again later');
  hold.release();
  hold.grow(50);
  expect(inFlight.bytes).toBe(0);
});
