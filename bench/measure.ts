import type { Sample } from './sample.ts';
import { type MachineTime, machineTime, usageOf } from './usage.ts';
import { until } from './waiting.ts';

/** Seldom enough to cost nothing, often enough for a run of seconds. */
const LOOK_MS = 10;

/** A stretch of work of one or more of our processes, which are up and ready. */
export interface Stretch {
  /** Processes that are measured. */
  readonly pids: readonly number[];
  readonly messages: number;
  /** The database server, if it works for them and is ours. */
  readonly serverPid?: number | undefined;
  /** Lets it begin: the clock runs from here. */
  readonly begin: () => Promise<void>;
  /** How many messages are committed. */
  readonly done: () => Promise<number>;
  /** The clock stops once this share of them is; all of them by default. */
  readonly share?: number;
  /** Whether what follows is over, too, such as acknowledgements: CPU time is taken until here. */
  readonly settled?: () => Promise<boolean>;
}

/**
 * Measures it: messages a second, CPU per message of all the processes, and memory of the one that had most.
 */
export async function measured(stretch: Stretch): Promise<Sample> {
  const { pids, messages, serverPid, begin, done, share = 1, settled } = stretch;
  const server = serverPid === undefined ? [] : [serverPid];
  const machineBefore = machineTime();
  const serverBeforeMs = cpuOf(server);
  const cpuBeforeMs = cpuOf(pids);
  const startMs = performance.now();
  await begin();
  let committed = 0;
  await until('the messages', async () => (committed = await done()) >= messages * share, LOOK_MS);
  const tookMs = performance.now() - startMs;
  const busyShare = busyBetween(machineBefore, machineTime());
  if (settled) await until('all messages to be settled', settled, LOOK_MS);
  const cpuMs = cpuOf(pids) - cpuBeforeMs;
  return {
    value: (committed * 1000) / tookMs,
    cpuMicros: (cpuMs * 1000) / messages,
    ...(serverPid !== undefined && {
      serverMicros: ((cpuOf(server) - serverBeforeMs) * 1000) / messages,
    }),
    busyShare,
    peakRssBytes: Math.max(0, ...pids.map((pid) => usageOf(pid).peakRssBytes)),
  };
}

function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + usageOf(pid).cpuMs, 0);
}

/** Share of all CPU time in which something ran. */
function busyBetween(before: MachineTime, after: MachineTime): number {
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}
