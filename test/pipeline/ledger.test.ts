import { expect, it } from 'vitest';
import type { RejectionCode } from '../../src/logs/rejection.ts';
import { Ledger } from '../../src/pipeline/ledger.ts';
import type { DeadLetter } from '../../src/pipeline/ports.ts';
import { sampleDelivery } from '../support/samples.ts';

it('a new ledger holds nothing', () => {
  expect(new Ledger().counts()).toEqual({
    messages: 0,
    received: 0,
    stored: 0,
    duplicates: 0,
    deadLettered: 0,
    discarded: 0,
    released: 0,
    held: 0,
  });
});

it('held is what was received and has not ended in another column', () => {
  const ledger = new Ledger();
  ledger.received = 100;
  ledger.stored = 50;
  ledger.duplicates = 20;
  ledger.deadLettered = 7;
  ledger.released = 3;
  ledger.discarded = 5;
  expect(ledger.held).toBe(15);
  expect(ledger.counts()).toMatchObject({ received: 100, discarded: 5, held: 15 });
});

it('dead letters are counted together and by code', () => {
  const ledger = new Ledger();
  ledger.published([letter('not_json'), letter('row_refused')]);
  ledger.published([letter('not_json')]);
  expect(ledger.deadLettered).toBe(3);
  expect(Object.fromEntries(ledger.deadLetterCodes)).toEqual({ not_json: 2, row_refused: 1 });
});

it('a letter for several bad entries counts each of them', () => {
  const ledger = new Ledger();
  ledger.published([letter('not_json'), { ...letter('not_json'), entries: 4 }]);
  expect(ledger.deadLettered).toBe(5);
  expect(Object.fromEntries(ledger.deadLetterCodes)).toEqual({ not_json: 5 });
});

it('flushes are counted by reason, and batches by their size', () => {
  const ledger = new Ledger();
  ledger.flushed('size', 10);
  ledger.flushed('size', 10);
  ledger.flushed('interval', 5);
  ledger.flushed('drain', 5);
  expect(ledger.flushes).toEqual({ size: 2, bytes: 0, interval: 1, drain: 1 });
  expect(Object.fromEntries(ledger.batchSizes)).toEqual({ 10: 2, 5: 2 });
});

function letter(code: RejectionCode): DeadLetter {
  return { delivery: sampleDelivery('a'), rejection: { code, reason: 'as the test wants it' } };
}
