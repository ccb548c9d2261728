import { describe, expect, it } from 'vitest';
import { ledgerReport } from '../../../src/app/ledger-report.ts';
import { WorkerLedgers } from '../../../src/app/supervisor/ledgers.ts';
import { supervisorText } from '../../../src/cli/output/ledger.ts';
import { Ledger } from '../../../src/pipeline/ledger.ts';

/** A ledger in which every number is another one. */
function ledgerOf(stored: number, rows: number) {
  const ledger = new Ledger();
  ledger.stored = stored;
  ledger.duplicates = 1;
  ledger.deadLettered = 2;
  ledger.released = 3;
  ledger.discarded = 5;
  ledger.received = stored + 11;
  ledger.messages = ledger.received;
  ledger.acksUnconfirmed = 4;
  ledger.flushed('size', rows);
  ledger.flushed('drain', 1);
  return ledgerReport(ledger);
}

describe('the ledger of several workers', () => {
  it('is zero before any has ended', () => {
    expect(new WorkerLedgers(2).report()).toEqual({
      ...ledgerReport(new Ledger()),
      workers: [ledgerReport(new Ledger()), ledgerReport(new Ledger())],
      withoutLedger: 0,
    });
  });

  it('adds up every number, flushes by reason, and batches by size, largest first', () => {
    const ledgers = new WorkerLedgers(2);
    ledgers.add(1, ledgerOf(100, 50));
    ledgers.add(2, ledgerOf(200, 70));
    expect(ledgers.report()).toMatchObject({
      messages: 322,
      received: 322,
      stored: 300,
      duplicates: 2,
      deadLettered: 4,
      discarded: 10,
      released: 6,
      held: 0,
      acksUnconfirmed: 8,
      flushes: { size: 2, bytes: 0, interval: 0, drain: 2 },
      batchSizes: [
        [70, 1],
        [50, 1],
        [1, 2],
      ],
    });
  });

  it('has the parts by worker, those of a restarted one together', () => {
    const ledgers = new WorkerLedgers(2);
    ledgers.add(2, ledgerOf(100, 50));
    ledgers.add(2, ledgerOf(10, 50));
    expect(ledgers.report().workers).toMatchObject([
      { received: 0, batchSizes: [] },
      {
        received: 132,
        batchSizes: [
          [50, 2],
          [1, 2],
        ],
      },
    ]);
  });

  it('adds what runs for this report only', () => {
    const ledgers = new WorkerLedgers(2);
    ledgers.add(1, ledgerOf(100, 50));
    expect(ledgers.report(new Map([[1, ledgerOf(10, 5)]]))).toMatchObject({ stored: 110 });
    expect(ledgers.report()).toMatchObject({ stored: 100 });
  });
});

describe('for a person', () => {
  it('says what each worker received', () => {
    const ledgers = new WorkerLedgers(3);
    ledgers.add(1, ledgerOf(994, 50));
    ledgers.add(3, ledgerOf(1, 50));
    const text = supervisorText(ledgers.report());
    expect(text).toContain('received 1,017 = 995 stored');
    expect(text).toMatch(/^workers {2}3, which received 1,005 \+ 0 \+ 12$/m);
    expect(text).not.toContain('without a ledger');
  });

  it('says how many messages held the entries, if that is another number', () => {
    const ledgers = new WorkerLedgers(1);
    ledgers.add(1, { ...ledgerOf(994, 50), messages: 90 });
    expect(supervisorText(ledgers.report())).toContain('received 1,005 entries in 90 messages = 994 stored');
  });

  it('says how many died without a ledger', () => {
    const ledgers = new WorkerLedgers(2);
    ledgers.addLost();
    expect(supervisorText(ledgers.report())).toContain(
      '1 worker died without a ledger: what it held is delivered again',
    );
    ledgers.addLost();
    expect(supervisorText(ledgers.report())).toContain(
      '2 workers died without a ledger: what they held is delivered again',
    );
  });
});
