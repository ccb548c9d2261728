import type { OpenOutage } from '../pipeline/outage.ts';
import { outageText, type Readiness } from './readiness.ts';

/** An input of an agent, as it stands. */
export interface WatchedInput {
  readonly name: string;
  readonly state: 'waiting' | 'reading' | 'ended' | 'failing';
  readonly reason?: string | undefined;
  readonly lag: {
    /** Undefined where that cannot be known. */
    readonly bytes: number | undefined;
    /** The event time of the newest event that was confirmed, as a column holds it. */
    readonly newestTime: string | undefined;
    /** For how long the oldest entry that is not confirmed has waited, in milliseconds. */
    readonly waitingMs: number;
  };
  readonly unconfirmed: number;
  readonly counts: Readonly<
    Record<'lines' | 'read' | 'unparsed' | 'joined' | 'leftOut' | 'bytes' | 'sent' | 'refused', number>
  >;
  /** By names that are the input's own, such as `reopened`. */
  readonly counters: Readonly<Record<string, number>>;
}

/** An agent, as it stands. */
export interface WatchedAgent {
  readonly inputs: readonly WatchedInput[];
  readonly inFlight: { readonly entries: number; readonly bytes: number };
  /** Of whoever takes its entries. */
  readonly outage: OpenOutage | undefined;
  readonly isStopping: boolean;
}

/** Inputs that fail are told of one by one up to so many. */
const MAX_FAILING = 10;

/** How ready an agent is. An input that cannot be read is no reason to take it for broken: others can. */
export function agentReadiness({ inputs, outage, isStopping }: WatchedAgent, now: Date): Readiness {
  const problems = outage === undefined ? [] : [outageText(outage, now)];
  if (isStopping) problems.push('stopping: what is under way is awaited, nothing more is read');
  const failing = inputs.filter(({ state }) => state === 'failing');
  const notes = failing
    .slice(0, MAX_FAILING)
    .map(({ name, reason = 'no reason is known' }) => `${name}: ${reason}`);
  if (failing.length > MAX_FAILING)
    notes.push(`and ${failing.length - MAX_FAILING} more inputs cannot be read`);
  return { ready: problems.length === 0, problems, notes };
}

/**
 * How old what an input sends is, in seconds: for how long an entry has waited to be confirmed; and while there are
 * bytes that were not read, the age of the newest event that was.
 */
export function lagSeconds(
  { lag: { bytes = 0, newestTime, waitingMs } }: WatchedInput,
  nowMs: number,
): number {
  const newestMs =
    newestTime === undefined ? nowMs : Date.parse(`${newestTime.replace(' ', 'T').slice(0, 23)}Z`);
  const behindMs = bytes > 0 ? nowMs - newestMs : 0;
  return Math.max(0, waitingMs, behindMs) / 1_000;
}
