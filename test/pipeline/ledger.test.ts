import { expect, test } from 'vitest';
import { Ledger } from '../../src/pipeline/ledger.ts';

test('a new ledger holds nothing', () => {
  expect(new Ledger().tally()).toEqual({
    received: 0,
    stored: 0,
    duplicates: 0,
    deadLettered: 0,
    released: 0,
    held: 0,
  });
});

test('held is what was received and has not ended in another column', () => {
  const ledger = new Ledger();
  ledger.received = 100;
  ledger.stored = 50;
  ledger.duplicates = 20;
  ledger.deadLettered = 7;
  ledger.released = 3;
  expect(ledger.held).toBe(20);
  expect(ledger.tally()).toMatchObject({ received: 100, held: 20 });
});

test('flushes are counted by reason, and batches by their size', () => {
  const ledger = new Ledger();
  ledger.flushed('size', 10);
  ledger.flushed('size', 10);
  ledger.flushed('interval', 5);
  ledger.flushed('drain', 5);
  expect(ledger.flushes).toEqual({ size: 2, bytes: 0, interval: 1, drain: 1 });
  expect(Object.fromEntries(ledger.batchSizes)).toEqual({ 10: 2, 5: 2 });
});
