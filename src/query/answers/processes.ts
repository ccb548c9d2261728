/** What becomes of a process: it works, takes nothing more and flushes what it holds, or has ended in order. */
export const PROCESS_STATES = ['running', 'draining', 'stopped'] as const;

export type ProcessState = (typeof PROCESS_STATES)[number];

/** What became of the log entries that a worker received, since it started. */
export interface ProcessLedger {
  readonly messages: number;
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  /** Not kept, as DISCARD says; 0 of releases that do not know it. */
  readonly discarded: number;
  readonly released: number;
  readonly held: number;
}

/**
 * What a process of ours last said of itself. Times are UTC as a column holds them
 * (`YYYY-MM-DD HH:MM:SS.ffffff`), and the database's.
 */
export interface ProcessRecord {
  /** Drawn at its start: host and pid may come again. */
  readonly id: string;
  /** What it does: `worker`, or what later releases have. */
  readonly role: string;
  readonly host: string;
  readonly pid: number;
  readonly release: string;
  readonly state: ProcessState;
  readonly startedAt: string;
  /** When it said so. */
  readonly seenAt: string;
  /** When its last flush ended; absent: none has yet. */
  readonly lastFlushAt: string | undefined;
  /** Messages delivered to it and not settled. */
  readonly heldMessages: number;
  readonly heldBytes: number;
  /** When the oldest of them was published, by Pub/Sub's clock; absent if it holds none. */
  readonly oldestHeldAt: string | undefined;
  /** Absent for a process that receives nothing. */
  readonly ledger: ProcessLedger | undefined;
}

/** The processes that were seen within a day, and perhaps earlier ones. */
export interface Processes {
  /** The database's clock. */
  readonly now: string;
  /** Those that started first come first. */
  readonly processes: readonly ProcessRecord[];
}

/** A process says something every 10 s. One that has been silent for three times as long has died, or is cut off. */
const SILENT_AFTER_MS = 30_000;

/** Whether a process has not ended, as far as is known. */
export function isLive({ state, seenAt }: ProcessRecord, now: string): boolean {
  return state !== 'stopped' && millisecondsOf(now) - millisecondsOf(seenAt) <= SILENT_AFTER_MS;
}

/** Milliseconds since 1970 of a time as a column holds it. */
export function millisecondsOf(time: string): number {
  return Date.parse(`${time.replace(' ', 'T')}Z`);
}
