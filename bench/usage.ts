import { readFileSync } from 'node:fs';

/** What a process has used since it started. Read from /proc: Linux only. */
export interface Usage {
  /** User and system time of all its threads, in milliseconds, to 10 ms. */
  readonly cpuMs: number;
  /** The most memory it ever had (VmHWM), in bytes. */
  readonly peakRssBytes: number;
}

/** The kernel counts in these, on every architecture that Node runs on. */
const TICK_MS = 10;

/** Throws if there is no such process any more. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in brackets, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const peakKib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return { cpuMs: ticks * TICK_MS, peakRssBytes: Number(peakKib) * 1024 };
}

/** CPU time of the whole machine since it started, in ticks of all its CPUs. */
export interface MachineTime {
  readonly all: number;
  /**
   * In which nothing of this machine ran: idle, waiting for a disk, or taken by the host that it is a guest
   * of.
   */
  readonly idle: number;
}

export function machineTime(): MachineTime {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  // user, nice, system, idle, iowait, irq, softirq, steal; what guests take is part of user.
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const [, , , idle = 0, ioWait = 0, , , stolen = 0] = ticks;
  return { all: ticks.reduce((sum, one) => sum + one, 0), idle: idle + ioWait + stolen };
}

/** Processes that this one started and that run. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}
