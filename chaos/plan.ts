import { Draw } from './draw.ts';
import { CLUSTER_FAULTS, NODE_KILLED } from './faults/cluster.ts';
import type { Conditions, Fault, FaultKind } from './faults/fault.ts';
import { NETWORK_FAULTS } from './faults/network.ts';
import { SERVER_FAULTS } from './faults/servers.ts';
import { WORKER_FAULTS } from './faults/workers.ts';

export const FAULT_KINDS: readonly FaultKind[] = [
  ...WORKER_FAULTS,
  ...NETWORK_FAULTS,
  ...SERVER_FAULTS,
  ...CLUSTER_FAULTS,
];

/** Messages that are published together, `copies` of them twice. */
export interface Portion {
  readonly atMs: number;
  readonly count: number;
  readonly copies: number;
}

export interface PlannedFault extends Fault {
  readonly atMs: number;
  readonly kind: FaultKind;
}

/** All that is going to happen in a round. */
export interface Plan {
  readonly seed: number;
  readonly round: number;
  readonly conditions: Conditions;
  /** Settings of the workers that are drawn. */
  readonly settings: Readonly<Record<string, string>>;
  readonly messages: number;
  readonly portions: readonly Portion[];
  /** In the order of their times. */
  readonly faults: readonly PlannedFault[];
}

/** How much is to happen in a round. */
export interface RoundSize {
  readonly messages: number;
  readonly faults: number;
  /** Messages are published, and faults begin, within this time. */
  readonly durationMs: number;
}

/** The first messages are on their way, and workers up, before anything breaks. */
const QUIET_MS = 1_000;
const PORTIONS = 60;
const COPIES_SHARE = 0.03;

/**
 * What the emulator had sent to a worker that was killed or cut off comes again a hundred messages at a time,
 * one lot every 10 s; and it sends all it has. So rounds on it have fewer messages.
 */
const EMULATOR_SHARE = { messages: 0.12, faults: 0.6 };

/** A commit takes all three nodes, and a batch with rows that are refused takes many. */
const CLUSTER_SHARE = { messages: 0.25, faults: 1 };
const WHOLE = { messages: 1, faults: 1 };

/** Draws a round: the same for the same seed, round, size and servers. */
export function planRound(
  seed: number,
  round: number,
  size: RoundSize,
  servers: Omit<Conditions, 'workers'>,
): Plan {
  const draw = new Draw(seed, 'round', round);
  // On a cluster a worker each on two of its nodes.
  const conditions = { ...servers, workers: servers.database === 'cluster' ? 2 : draw.whole(1, 4) };
  const settings = {
    BATCHSIZE: String(draw.whole(50, 500)),
    FLUSHINTERVAL: String(draw.whole(2, 10) / 10),
    FLUSHES_IN_FLIGHT: String(draw.whole(1, 3)),
  };
  const share = shareOf(servers);
  const ours = {
    ...size,
    messages: size.messages * share.messages,
    faults: Math.round(size.faults * share.faults),
  };
  const portions = drawPortions(new Draw(seed, 'portions', round), ours);
  const messages = portions.reduce((sum, { count }) => sum + count, 0);
  const faults = drawFaults(new Draw(seed, 'faults', round), ours, conditions);
  return { seed, round, conditions, settings, messages, portions, faults };
}

function shareOf({ pubsub, database }: Omit<Conditions, 'workers'>): typeof WHOLE {
  if (pubsub === 'emulator') return EMULATOR_SHARE;
  return database === 'cluster' ? CLUSTER_SHARE : WHOLE;
}

function drawPortions(draw: Draw, { messages, durationMs }: RoundSize): Portion[] {
  const average = messages / PORTIONS;
  const times = Array.from({ length: PORTIONS }, () => draw.whole(0, durationMs)).sort((a, b) => a - b);
  return times.map((atMs) => {
    const count = draw.whole(Math.ceil(average * 0.2), Math.ceil(average * 1.85));
    return { atMs, count, copies: Math.round(count * COPIES_SHARE) };
  });
}

function drawFaults(draw: Draw, { faults, durationMs }: RoundSize, conditions: Conditions): PlannedFault[] {
  const kinds = FAULT_KINDS.filter(({ fits }) => fits?.(conditions) ?? true);
  const planned = Array.from({ length: faults }, (_, index) => {
    const atMs = draw.whole(QUIET_MS, durationMs);
    // Once at least in each round on a cluster.
    const kind = index === 0 && conditions.database === 'cluster' ? NODE_KILLED : draw.weighted(kinds);
    return { atMs, kind, ...kind.draw(draw, conditions) };
  });
  return planned.sort((a, b) => a.atMs - b.atMs);
}

/** The plan as text, a line each. */
export function planText({ seed, round, conditions, settings, messages, faults }: Plan): string {
  const { pubsub, database, workers } = conditions;
  const head = `seed ${String(seed)}, round ${String(round)}: ${pubsub}, MySQL ${database}, ${String(workers)} workers, ${String(messages)} messages`;
  const lines = faults.map(
    ({ atMs, kind, details }) =>
      `${(atMs / 1000).toFixed(3).padStart(7)} s  ${kind.name}${details && `: ${details}`}`,
  );
  return `${[head, JSON.stringify(settings), ...lines].join('\n')}\n`;
}
