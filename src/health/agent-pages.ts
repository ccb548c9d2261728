import { AgentMetrics } from './agent-metrics.ts';
import { agentReadiness, type WatchedAgent } from './agent-readiness.ts';
import { pagesOf } from './pages.ts';
import type { Page } from './server.ts';

/** What can be asked of an agent, by path: does it live, can it work, what has it done. */
export function agentPages(watched: () => WatchedAgent): ReadonlyMap<string, Page> {
  return pagesOf(() => agentReadiness(watched(), new Date()), new AgentMetrics(watched));
}
