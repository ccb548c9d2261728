import type { Watched } from '../../src/health/readiness.ts';
import { Ledger } from '../../src/pipeline/ledger.ts';
import type { SourceStatus, WorkerStatus } from '../../src/pipeline/status.ts';

/** A worker at rest, and its source, as they show themselves; a test says what is different. */
export function watchedWorker(
  worker: Partial<WorkerStatus> = {},
  source: Partial<SourceStatus> = {},
): Watched {
  return {
    worker: {
      ledger: new Ledger(),
      draining: false,
      outages: [],
      refusesRows: false,
      waitingLetters: { letters: 0, oldestMs: 0 },
      sinceFlushMs: undefined,
      screening: {
        redactedEntries: 0,
        redactions: new Map([['email', 0]]),
        discardedByService: new Map([['alpha', 0]]),
      },
      ...worker,
    },
    source: {
      held: { messages: 0, bytes: 0 },
      heldLimit: { messages: 100, bytes: 10_000 },
      paused: false,
      oldestHeldMs: 0,
      oldestPublishTime: () => undefined,
      leaseExtensions: 0,
      reconnects: 0,
      outage: undefined,
      ...source,
    },
  };
}
