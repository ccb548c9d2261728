import { setTimeout as delay } from 'node:timers/promises';
import { COMMIT_MOMENTS, type CommitMoment } from '../commit-cut.ts';
import type { Direction } from '../link.ts';
import type { TcpProxy } from '../tcp-proxy.ts';
import type { Conditions, FaultKind, World } from './fault.ts';

type Network = 'mysqlNetwork' | 'pubsubNetwork';
const onServer = ({ database }: Conditions) => database === 'server';
const DIRECTIONS: readonly Direction[] = ['to the server', 'to the client'];

/** What happens to the connections between workers and MySQL, and between workers and Pub/Sub. */
export const NETWORK_FAULTS: readonly FaultKind[] = [
  ...COMMIT_MOMENTS.map(cutCommit),
  ...weather('MySQL', 'mysqlNetwork', 20_000).map((kind) => ({ ...kind, fits: onServer })),
  ...weather('Pub/Sub', 'pubsubNetwork', 50_000),
];

function cutCommit(moment: CommitMoment): FaultKind {
  return {
    name: `connection to MySQL cut ${moment}`,
    weight: 1.2,
    fits: onServer,
    draw: () => ({
      details: '',
      inject: ({ mysqlNetwork }, over) => mysqlNetwork.cutCommit(moment, over),
    }),
  };
}

/** `mostBytes`: how far into what is sent a cut may fall. */
function weather(name: string, network: Network, mostBytes: number): FaultKind[] {
  return [
    {
      name: `connection to ${name} cut between two bytes`,
      weight: 3,
      draw: (draw) => {
        const direction = draw.pick(DIRECTIONS);
        const bytes = draw.whole(1, draw.chance(0.5) ? 100 : mostBytes);
        const details = `after ${String(bytes)} bytes ${direction}`;
        return { details, inject: (world, over) => world[network].cutAfter(bytes, direction, over) };
      },
    },
    {
      name: `all connections to ${name} cut`,
      weight: 1,
      draw: () => ({ details: '', inject: (world) => Promise.resolve(world[network].cut() > 0) }),
    },
    {
      name: `${name} slow`,
      weight: 0.7,
      draw: (draw) => {
        const delayMs = draw.whole(5, 200);
        const forMs = draw.whole(500, 3_000);
        const details = `${String(delayMs)} ms each way for ${String(forMs)} ms`;
        return { details, inject: (world, over) => slow(world, network, delayMs, forMs, over) };
      },
    },
    {
      name: `${name} silent (half-open connections)`,
      weight: 0.7,
      draw: (draw) => {
        const forMs = draw.whole(500, 4_000);
        const isCut = draw.chance(0.5);
        const details = `for ${String(forMs)} ms, then ${isCut ? 'cut' : 'all arrives'}`;
        return { details, inject: (world, over) => silence(world[network], forMs, isCut, over) };
      },
    },
  ];
}

async function slow(
  world: World,
  network: Network,
  delayMs: number,
  forMs: number,
  over: AbortSignal,
): Promise<boolean> {
  world[network].delay(delayMs);
  await delay(forMs, undefined, { signal: over }).catch(() => undefined);
  world[network].delay(0);
  return true;
}

async function silence(
  network: TcpProxy,
  forMs: number,
  isCut: boolean,
  over: AbortSignal,
): Promise<boolean> {
  network.silence();
  await delay(forMs, undefined, { signal: over }).catch(() => undefined);
  if (isCut) network.cut();
  network.resume();
  return true;
}
