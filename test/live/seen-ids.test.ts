import { expect, it } from 'vitest';
import { SeenIds } from '../../src/live/seen-ids.ts';

it('ids are known until twice as many have come, and are bounded', () => {
  const seen = new SeenIds({ recent: 10 });
  for (let n = 0; n < 30; n += 1) expect(seen.add(`${n}`)).toBe(true);
  for (let n = 20; n < 30; n += 1) expect(seen.add(`${n}`)).toBe(false);
  expect(seen.add('0')).toBe(true);
});

it('none is forgotten while they are held, and it is said when there are too many', () => {
  const seen = new SeenIds({ recent: 10, maxHeld: 100 });
  seen.hold(true);
  for (let n = 0; n < 100; n += 1) seen.add(`${n}`);
  expect(seen.add('0')).toBe(false);
  expect(seen.isFull).toBe(false);
  seen.add('100');
  expect(seen.isFull).toBe(true);
  // However long they are held, their number has an end; those that were forgotten are not asked about.
  for (let n = 101; n < 1_000; n += 1) seen.add(`${n}`);
  expect(seen.isFull).toBe(true);
  expect(seen.add('0')).toBe(true);
  seen.hold(false);
  for (let n = 0; n < 10; n += 1) seen.add(`new ${n}`);
  expect(seen.isFull).toBe(false);
  expect(seen.add('0')).toBe(true);
});
