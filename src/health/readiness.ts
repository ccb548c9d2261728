import type { OpenOutage } from '../pipeline/outage.ts';
import type { HeldAmount, SourceStatus, WorkerStatus } from '../pipeline/status.ts';

/** A worker and the source that it reads, as they are at the moment when they are asked. */
export interface Watched {
  readonly worker: WorkerStatus;
  readonly source: SourceStatus;
}

/** Whether a worker can do its work. */
export interface Readiness {
  readonly ready: boolean;
  /** What is wrong, in words; empty if it is ready. */
  readonly problems: readonly string[];
  /** What is worth knowing and not wrong. */
  readonly notes: readonly string[];
}

/** How ready a worker is; it is undefined for as long as it is being set up. */
export function readinessOf(watched: Watched | undefined, now: Date): Readiness {
  if (watched === undefined) return { ready: false, problems: ['starting: not connected yet'], notes: [] };
  const { worker, source } = watched;
  const outages = source.outage === undefined ? worker.outages : [...worker.outages, source.outage];
  const problems = outages.map((outage) => outageText(outage, now));
  if (worker.draining) problems.push('draining: what is held is flushed, nothing more is taken');
  const notes = source.paused ? [`reading is paused: ${heldText(source)}`] : [];
  return { ready: problems.length === 0, problems, notes };
}

/** An outage in a line: what, since when, why. */
export function outageText({ what, lastingMs, reason }: OpenOutage, now: Date): string {
  const since = new Date(now.getTime() - lastingMs);
  return `${what} since ${since.toISOString()}: ${reason}`;
}

function heldText({ held, heldLimit }: { held: HeldAmount; heldLimit: HeldAmount }): string {
  return `${held.messages} of ${heldLimit.messages} messages, ${held.bytes} of ${heldLimit.bytes} bytes held`;
}
