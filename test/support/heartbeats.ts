import type { ProcessRecord } from '../../src/query/answers/processes.ts';
import type { Heartbeat } from '../../src/store/processes.ts';

const LEDGER = {
  messages: 9,
  received: 15,
  stored: 4,
  duplicates: 3,
  discarded: 5,
  deadLettered: 1,
  released: 0,
  held: 2,
};

/** What a worker says that holds two messages; a test says what is different. */
export function heartbeat(differences: Partial<Heartbeat> = {}): Heartbeat {
  return {
    id: 'b7c9f3de-7a3c-4a52-9d59-0d6b6e2f7c11',
    role: 'worker',
    host: 'machine-1',
    pid: 4_711,
    release: '1.2.3',
    state: 'running',
    runsForMs: 60_000,
    sinceFlushMs: 1_500,
    heldMessages: 2,
    heldBytes: 5_000_000_000,
    oldestHeldAt: '2026-11-25 14:03:20.123456',
    ledger: LEDGER,
    ...differences,
  };
}

/** A worker as its row has it: seen at 14:00:00, with nothing held. */
export function processRecord(differences: Partial<ProcessRecord> = {}): ProcessRecord {
  return {
    id: 'b7c9f3de-7a3c-4a52-9d59-0d6b6e2f7c11',
    role: 'worker',
    host: 'machine-1',
    pid: 4_711,
    release: '1.2.3',
    state: 'running',
    startedAt: '2026-11-25 12:00:00.000000',
    seenAt: '2026-11-25 14:00:00.000000',
    lastFlushAt: '2026-11-25 13:59:50.000000',
    heldMessages: 0,
    heldBytes: 0,
    oldestHeldAt: undefined,
    ledger: LEDGER,
    ...differences,
  };
}
