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
