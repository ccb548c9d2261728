import type { Settings } from '../../config/settings.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import type { LedgerReport } from '../ledger-report.ts';

/*
 * What a supervisor and its workers say to each other, over the channel that Node opens between a process and
 * its child. Both ends are this program: a message is recognised by its kind.
 */

/**
 * The first thing that a worker hears. Settings go this way, so that no password stands in a list of
 * processes.
 */
export interface WorkOrder {
  readonly kind: 'work';
  /** The worker's number, from 1: it stands in its log lines. */
  readonly worker: number;
  readonly settings: Settings;
  readonly create: boolean;
}

/**
 * From the supervisor. `stop`: drain and end; it may come again. `ledger`: answer with the ledger of this
 * moment.
 */
export type Order = WorkOrder | { readonly kind: 'stop' } | { readonly kind: 'ledger' };

/** From a worker: that it begins to receive; its ledger, when asked; its final ledger; why it failed. */
export type WorkerMessage =
  | { readonly kind: 'started' }
  | { readonly kind: 'ledger'; readonly report: LedgerReport }
  | { readonly kind: 'ended'; readonly report: LedgerReport }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

export function isOrder(message: unknown): message is Order {
  return hasKind(message, ['work', 'stop', 'ledger']);
}

export function isWorkerMessage(message: unknown): message is WorkerMessage {
  return hasKind(message, ['started', 'ledger', 'ended', 'failed']);
}

function hasKind(message: unknown, kinds: readonly unknown[]): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message && kinds.includes(message.kind);
}
