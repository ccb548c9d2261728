import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Watched } from '../health/readiness.ts';
import { formatInstant } from '../logs/instant-text.ts';
import type { Heartbeat } from '../store/processes.ts';
import { readRelease } from './release.ts';

/**
 * What a worker in this process says of itself, each time that it is asked. `stop` is aborted when it has to
 * drain.
 */
export function workerHeartbeat(
  { worker, source }: Watched,
  stop: AbortSignal,
): (isOver: boolean) => Heartbeat {
  const self = {
    id: randomUUID(),
    role: 'worker',
    host: hostname(),
    pid: process.pid,
    release: readRelease(),
  };
  return (isOver) => {
    const published = source.oldestPublishTime();
    const isDraining = worker.draining || stop.aborted;
    return {
      ...self,
      state: isOver ? 'stopped' : isDraining ? 'draining' : 'running',
      runsForMs: process.uptime() * 1_000,
      sinceFlushMs: worker.sinceFlushMs,
      heldMessages: source.held.messages,
      heldBytes: source.held.bytes,
      // A broker may say any time: one that no column takes is left out.
      oldestHeldAt: (published && formatInstant(published)) ?? undefined,
      ledger: worker.ledger.counts(),
    };
  };
}
