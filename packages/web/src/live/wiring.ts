import { client } from '../api/api.ts';
import { openChannel } from '../state/channel.ts';
import { usableStorage } from '../state/kept.ts';
import { openBus } from './bus.ts';
import { browserClock } from './clock.ts';
import { aloneElection, LeaseElection, lockElection } from './election.ts';
import { Leader, type LeaderPorts } from './leader.ts';
import { LiveTab, type TabReader } from './live-tab.ts';
import type { Bus, Election } from './messages.ts';
import { selectionFor } from './selection.ts';

const wallMs = () => Date.now();

/** This tab, among all that show the same server. */
export function createTab(reader: TabReader): LiveTab {
  const tab = newName();
  const { bus, election } = amongTabs(tab);
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
      election,
      lead: (signal) => new Leader(ports, newName()).run(signal),
      selection: selectionFor,
    },
    tab,
    reader,
  );
}

/**
 * How the tabs speak with each other, and choose who leads: by locks, which browsers have for pages that came by TLS
 * or from this machine, or else by what they keep. A browser that keeps nothing refuses its locks, too.
 */
function amongTabs(tab: string): { readonly bus: Bus; readonly election: Election } {
  const [channel, storage] = [openChannel('lms-live'), usableStorage()];
  if (channel === undefined || storage === undefined)
    return { bus: openBus(undefined), election: aloneElection };
  const { name } = channel;
  const { locks } = navigator as { locks?: LockManager };
  const election =
    locks === undefined
      ? new LeaseElection(storage, { name, tab, clock: browserClock, wallMs })
      : lockElection(locks, name);
  return { bus: openBus(channel), election };
}

/** Nobody else's. Not `randomUUID`, which pages without TLS do not have. */
function newName(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-');
}
