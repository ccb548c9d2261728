import type { EventCounts, Settled } from './ports.ts';

/** What became of what an input had, as far as that is confirmed. The lines add up, and the entries. */
export interface AgentLedger {
  /** = read + unparsed + joined + leftOut. */
  readonly lines: number;
  readonly read: number;
  readonly unparsed: number;
  readonly joined: number;
  readonly leftOut: number;
  readonly bytes: number;
  /** = sent + refused. A line may hold several, and a stack trace is one. */
  readonly entries: number;
  readonly sent: number;
  /** By whoever takes them, for good. */
  readonly refused: number;
}

export const EMPTY_LEDGER: AgentLedger = {
  lines: 0,
  read: 0,
  unparsed: 0,
  joined: 0,
  leftOut: 0,
  bytes: 0,
  entries: 0,
  sent: 0,
  refused: 0,
};

/** The sum of several. */
export function sumOf(ledgers: Iterable<AgentLedger>): AgentLedger {
  const sum: Record<keyof AgentLedger, number> = { ...EMPTY_LEDGER };
  for (const ledger of ledgers) for (const name of NAMES) sum[name] += ledger[name];
  return sum;
}

const NAMES = Object.keys(EMPTY_LEDGER) as (keyof AgentLedger)[];

/** A batch whose entries are all settled. */
export function ledgerOf(counts: EventCounts, entries: number, settled: readonly Settled[]): AgentLedger {
  const refused = settled.reduce((sum, each) => sum + each.refused, 0);
  const { lines, read, unparsed, joined, bytes, refused: leftOut } = counts;
  return { lines, read, unparsed, joined, leftOut, bytes, entries, sent: entries - refused, refused };
}
