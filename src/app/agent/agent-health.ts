import type { AgentReport } from '../../agent/agent.ts';
import type { Settings } from '../../config/settings.ts';
import type { WatchedAgent } from '../../health/agent-readiness.ts';
import type { OpenOutage } from '../../pipeline/outage.ts';
import type { Log } from '../../pipeline/ports.ts';

/** What the health pages of an agent show. */
export interface AgentHealthParts {
  readonly look: () => AgentReport;
  readonly outage: () => OpenOutage | undefined;
  /** Aborted once it stops. */
  readonly stop: AbortSignal;
  readonly log: Log;
}

/**
 * Opens the health pages of an agent, or nothing if HEALTH_PORT is unset. Rejects with `LmsError` SETTINGS if the port
 * cannot be had.
 */
export async function openAgentHealth(
  { healthHost: host, healthPort: port }: Pick<Settings, 'healthHost' | 'healthPort'>,
  { look, outage, stop, log }: AgentHealthParts,
): Promise<{ close(): Promise<void> } | undefined> {
  if (port === undefined) return undefined;
  const [{ agentPages }, { startHealthServer }] = await Promise.all([
    import('../../health/agent-pages.ts'),
    import('../../health/server.ts'),
  ]);
  const watched = (): WatchedAgent => {
    const { inputs, inFlight } = look();
    return {
      inputs: inputs.map(({ status, ledger, unconfirmed, waitingMs }) => ({
        ...status,
        lag: { bytes: status.bytesBehind, newestTime: status.newestTime, waitingMs },
        unconfirmed,
        counts: ledger,
      })),
      inFlight,
      outage: outage(),
      isStopping: stop.aborted,
    };
  };
  const pages = agentPages(watched);
  const server = await startHealthServer({ host, port }, pages, log);
  // `host` is this machine, in every line.
  log.info({ address: `${host}:${String(port)}`, pages: [...pages.keys()] }, 'health pages opened');
  return server;
}
