import { client } from '../api/api.ts';
import { openBus } from './bus.ts';
import { browserClock } from './clock.ts';
import { leaseElection, lockElection } from './election.ts';
import { Leader, type LeaderPorts } from './leader.ts';
import { LiveTab, type TabReader } from './live-tab.ts';
import type { Election } from './messages.ts';
import { selectionFor } from './selection.ts';

const wallMs = () => Date.now();

/** This tab, among all that show the same server. */
export function createTab(reader: TabReader): LiveTab {
  const name = `lms-live:${new URL('.', location.href).pathname}`;
  const tab = newName();
  const bus = openBus(name);
  const ports: LeaderPorts = {
    bus,
    clock: browserClock,
    wallMs,
    tail: (question, options) => client.tail(question, options),
    async count({ q, tz, from, to }, signal) {
      const { count } = await client.count({ q, tz, since: from, until: to }, { signal });
      return count;
    },
    async unite(questions) {
      const { unionOf } = await import('./filter.ts');
      return unionOf(questions);
    },
  };
  return new LiveTab(
    {
      bus,
      clock: browserClock,
      election: electionOf(name, tab),
      lead: (signal) => new Leader(ports, newName()).run(signal),
      selection: selectionFor,
    },
    tab,
    reader,
  );
}

/** Browsers have locks for pages that came by TLS, or from this machine. */
function electionOf(name: string, tab: string): Election {
  const { locks } = navigator as { locks?: LockManager };
  if (locks !== undefined) return lockElection(locks, name);
  return leaseElection(localStorage, { name, tab, clock: browserClock, wallMs });
}

/** Nobody else's. Not `randomUUID`, which pages without TLS do not have. */
function newName(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-');
}
