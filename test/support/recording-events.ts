import type { FlushReason } from '../../src/pipeline/buffer.ts';
import type { Verdict } from '../../src/pipeline/ports.ts';
import type { WorkerEvents } from '../../src/pipeline/status.ts';

/** A worker's events, kept for a test to look at. */
export class RecordingEvents implements WorkerEvents {
  readonly flushes: { readonly reason: FlushReason; readonly rows: number; readonly tookMs: number }[] = [];
  readonly failedWrites: Verdict[] = [];

  flushed(reason: FlushReason, rows: number, tookMs: number): void {
    this.flushes.push({ reason, rows, tookMs });
  }

  writeFailed(verdict: Verdict): void {
    this.failedWrites.push(verdict);
  }
}
