import type { ServerLag, ServerPace } from '../retention/ports.ts';

/** A pace with connections of its own. */
export interface OpenServerPace extends ServerPace {
  close(): Promise<void>;
}

/** Where nothing has to follow. */
export const NO_LAG: ServerLag = { replicaMs: 0, queuedTransactions: 0, flowControlShare: 0 };

/** The worst of what several servers told; undefined if none did. */
export function worstLag(told: readonly (ServerLag | undefined)[]): ServerLag | undefined {
  const lags = told.filter((lag) => lag !== undefined);
  if (lags.length === 0) return undefined;
  return {
    replicaMs: Math.max(...lags.map(({ replicaMs }) => replicaMs)),
    queuedTransactions: Math.max(...lags.map(({ queuedTransactions }) => queuedTransactions)),
    flowControlShare: Math.max(...lags.map(({ flowControlShare }) => flowControlShare)),
  };
}
