import { rm } from 'node:fs/promises';
import { type ClusterKind, clustersAreRequired, startCluster } from '../test/support/clusters.ts';
import { type LocalEmulator, startLocalEmulator } from '../test/support/local-emulator.ts';
import { Unavailable } from '../test/support/server.ts';
import { clusterDatabase, type Database, serverDatabase } from './database.ts';
import type { Conditions } from './faults/fault.ts';
import { type MysqlProgram, MysqlServer } from './mysql-server.ts';
import { planRound, type RoundSize } from './plan.ts';
import { playRound, type RoundResult } from './round.ts';
import { clearStage, setStage, type Stage } from './stage.ts';
import { problemsOfRound, roundLine, tallyText } from './tally.ts';

/** Rounds to be played one after the other. */
export interface Campaign {
  readonly seed: number;
  /**
   * Their numbers: from 1 those on one server, on the same tables; from 101 those of `CLUSTER_ROUNDS`, each
   * on a cluster of its own.
   */
  readonly rounds: readonly number[];
  readonly size: RoundSize;
  readonly clusterSize: RoundSize;
  readonly mysql: MysqlProgram;
  /** For the logs; emptied first. */
  readonly directory: string;
  readonly print: (text: string) => void;
}

/** One round in so many is on the real emulator: it can be cut off, but has none of the broker's bad days. */
const EMULATOR_EVERY = 10;
/** The rounds that are played on a cluster, by their numbers. */
export const CLUSTER_ROUNDS: ReadonlyMap<number, ClusterKind> = new Map([
  [101, 'galera'],
  [102, 'mysql-multi-primary'],
  [103, 'mysql-single-primary'],
]);

/** Plays and prints; resolves to whether every round was as promised. */
export async function playAll(campaign: Campaign): Promise<boolean> {
  const { seed, directory, print } = campaign;
  await rm(directory, { recursive: true, force: true });
  const results = await playOnServer(campaign);
  for (const [round, kind] of CLUSTER_ROUNDS) {
    if (!campaign.rounds.includes(round)) continue;
    const result = await playOnCluster(campaign, kind, round);
    if (result !== undefined) results.push(result);
  }
  print(tallyText(results));
  const passed = results.every((result) => problemsOfRound(result).length === 0);
  if (!passed) print(`To play it again: --seed ${String(seed)} --round <n>. Logs: ${directory}\n`);
  return passed;
}

async function playOnServer(campaign: Campaign): Promise<RoundResult[]> {
  const { print } = campaign;
  const rounds = campaign.rounds.filter((round) => !CLUSTER_ROUNDS.has(round));
  if (rounds.length === 0) return [];
  await using server = await MysqlServer.start(campaign.mysql);
  const emulator = await startEmulator(print);
  try {
    const stage = await open(campaign, serverDatabase(server), emulator);
    const results: RoundResult[] = [];
    for (const round of rounds) {
      const onEmulator = emulator !== undefined && round % EMULATOR_EVERY === 0;
      const pubsub = onEmulator ? 'emulator' : 'broker';
      results.push(await play(campaign, campaign.size, stage, round, { pubsub, database: 'server' }));
    }
    await clearStage(stage);
    return results;
  } finally {
    await emulator?.stop();
  }
}

/** Undefined on a machine that cannot have a cluster, unless it is one that has to. */
async function playOnCluster(
  campaign: Campaign,
  kind: ClusterKind,
  round: number,
): Promise<RoundResult | undefined> {
  try {
    await using cluster = await startCluster(kind);
    const stage = await open(campaign, clusterDatabase(`a cluster (${kind})`, cluster), undefined);
    const servers = { pubsub: 'broker', database: 'cluster' } as const;
    return await play(campaign, campaign.clusterSize, stage, round, servers);
  } catch (error) {
    if (!(error instanceof Unavailable) || clustersAreRequired()) throw error;
    campaign.print(`${error.message}: no round on ${kind}\n`);
    return undefined;
  }
}

function open(
  { seed, print }: Campaign,
  database: Database,
  emulator: LocalEmulator | undefined,
): Promise<Stage> {
  print(`chaos, seed ${String(seed)}, on ${database.description}\n`);
  return setStage(database, emulator);
}

async function play(
  { seed, directory, print }: Campaign,
  size: RoundSize,
  stage: Stage,
  round: number,
  servers: Omit<Conditions, 'workers'>,
): Promise<RoundResult> {
  const plan = planRound(seed, round, size, servers);
  const result = await playRound(plan, stage, `${directory}round-${String(round).padStart(2, '0')}/`);
  print(roundLine(result));
  return result;
}

async function startEmulator(print: (text: string) => void): Promise<LocalEmulator | undefined> {
  try {
    return await startLocalEmulator();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    print(`${error.message}: all rounds are on the embedded broker\n`);
    return undefined;
  }
}
