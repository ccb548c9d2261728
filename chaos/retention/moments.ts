import { setTimeout as delay } from 'node:timers/promises';
import { columnNow } from '../../src/query/answers/column-time.ts';
import { COMMIT_MOMENTS } from '../commit-cut.ts';
import { NODES } from '../database.ts';
import type { Draw } from '../draw.ts';
import type { WorkerProcess } from '../worker-process.ts';
import type { ProofGround } from './ground.ts';
import type { Place, PlaceKind } from './place.ts';
import { type Doer, ended, LEASE_HELD, type Processes } from './processes.ts';

/** What a moment is played on: a process that is at it. */
export interface Scene {
  readonly place: Place;
  readonly ground: ProofGround;
  readonly processes: Processes;
  readonly doer: Doer;
  readonly running: WorkerProcess;
  readonly draw: Draw;
}

/** A way in which a run is cut short. */
export interface MomentKind {
  /** As the tally names it. */
  readonly name: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  readonly fits?: (place: PlaceKind) => boolean;
  /** Resolves to what must not be, once the process has ended. */
  happen(scene: Scene): Promise<readonly string[]>;
}

/** For as long something may take effect before the process is stopped. */
const AFTERWARDS_MS = 1_500;
/** Longer than any moment, and less than what a lease can at most last. */
const THEFT_MS = 1_800_000;
const HOUR_MS = 3_600_000;
const LEASE = "name = 'retention'";
const PAST = "'2026-01-01 00:00:00'";

const onServer = (kind: PlaceKind) => kind === 'server';
const onMySql = (kind: PlaceKind) => kind !== 'sqlite';
const onCluster = (kind: PlaceKind) => onMySql(kind) && !onServer(kind);

/** All of them; the first are those that every place has to see. */
export const MOMENT_KINDS: readonly MomentKind[] = [
  { name: 'process killed (SIGKILL)', weight: 6, happen: killed },
  { name: 'process stopped (SIGTERM)', weight: 1, happen: stoppedLater(0) },
  { name: 'process frozen, its lease taken by another, and thawed', weight: 1.5, happen: frozen },
  { name: 'lease stolen in the middle', weight: 1.5, happen: stolen },
  { name: 'two processes at once', weight: 1, happen: twoAtOnce },
  { name: "process's clock jumped", weight: 1.5, happen: clockJumped },
  { name: 'connections cut', weight: 2, fits: onServer, happen: cut },
  { name: 'connection cut between any two bytes', weight: 2, fits: onServer, happen: cutAfter },
  { name: 'connection cut at COMMIT', weight: 4, fits: onServer, happen: cutAtCommit },
  { name: 'server killed and started again (SIGKILL)', weight: 1.5, fits: onServer, happen: serverKilled },
  { name: 'node killed, and back (SIGKILL)', weight: 2, fits: onCluster, happen: nodeKilled },
];

/** As its 30 s pass by themselves. */
export async function expireLease({ looker }: ProofGround): Promise<void> {
  await looker.sql(`UPDATE lms_leases SET expires_at = ${PAST} WHERE ${LEASE}`);
}

async function killed({ processes, running }: Scene): Promise<readonly string[]> {
  await processes.kill(running);
  return [];
}

function stoppedLater(afterMs: number): MomentKind['happen'] {
  return async ({ processes, running }) => {
    await ended(running, afterMs);
    await processes.stop(running);
    return [];
  };
}

const goesOn = stoppedLater(AFTERWARDS_MS);

/** It wakes up in the middle of its transaction, and must not commit it, nor any other. */
async function frozen(scene: Scene): Promise<readonly string[]> {
  const { ground, processes, doer, running, draw } = scene;
  const thawed = processes.freeze(running, draw.whole(300, 1_800));
  // It may have the lease's row locked, or the whole file: then the other comes to it once it is thawed.
  const expired = expireLease(ground);
  await Promise.race([expired, delay(draw.whole(0, 300))]);
  const other = processes.start(doer, 1);
  await Promise.all([thawed, expired]);
  await ended(running, AFTERWARDS_MS);
  await Promise.all([processes.stop(running), processes.stop(other)]);
  return [];
}

/** From then on nothing is deleted any more. */
async function stolen({ ground, processes, running }: Scene): Promise<readonly string[]> {
  const { looker } = ground;
  const { nowMs } = await looker.look({ withKeys: false });
  // Whether or not somebody has it: it is not free as long as this takes.
  const until = `'${String(columnNow(nowMs + THEFT_MS))}'`;
  await looker.sql(`UPDATE lms_leases SET owner = 'a thief', expires_at = ${until} WHERE ${LEASE}`);
  const before = await looker.look({ withKeys: false });
  await ended(running, AFTERWARDS_MS);
  await processes.stop(running);
  const after = await looker.look({ withKeys: false });
  if (after.deleted === before.deleted) return [];
  return [`${String(after.deleted - before.deleted)} rows were deleted after the lease was stolen`];
}

/** The other waits, or says that it may not. */
async function twoAtOnce({ processes, doer, running }: Scene): Promise<readonly string[]> {
  const other = processes.start(doer, 1);
  const ending = await ended(other, 2 * AFTERWARDS_MS);
  const isWrong = doer === 'lms retain' && ending !== undefined && ending.status !== LEASE_HELD;
  const wasAlive = (await ended(running, 0)) === undefined;
  await Promise.all([processes.stop(running), processes.stop(other)]);
  return isWrong && wasAlive ? [`of two at once the second ended with ${String(ending.status)}`] : [];
}

async function clockJumped(scene: Scene): Promise<readonly string[]> {
  const { running, draw } = scene;
  const wallMs = draw.whole(-2_000, 2_000) * HOUR_MS;
  const monotonicMs = draw.chance(0.5) ? draw.whole(1_000, HOUR_MS) : 0;
  running.jumpClock({ wallMs, monotonicMs });
  return goesOn(scene);
}

async function cut(scene: Scene): Promise<readonly string[]> {
  scene.place.network?.cut();
  return goesOn(scene);
}

async function cutAfter(scene: Scene): Promise<readonly string[]> {
  const { place, draw } = scene;
  const direction = draw.pick(['to the server', 'to the client'] as const);
  const over = AbortSignal.timeout(AFTERWARDS_MS);
  await place.network?.cutAfter(draw.whole(1, 3_000), direction, over);
  return goesOn(scene);
}

async function cutAtCommit(scene: Scene): Promise<readonly string[]> {
  const over = AbortSignal.timeout(AFTERWARDS_MS);
  await scene.place.network?.cutCommit(scene.draw.pick(COMMIT_MOMENTS), over);
  return goesOn(scene);
}

async function serverKilled(scene: Scene): Promise<readonly string[]> {
  const { place, draw } = scene;
  await place.server?.kill();
  await delay(draw.whole(0, 500));
  await place.server?.start();
  return goesOn(scene);
}

async function nodeKilled(scene: Scene): Promise<readonly string[]> {
  const { place, draw, processes, running } = scene;
  const node = draw.pick(NODES);
  await place.cluster?.kill(node);
  await delay(draw.whole(500, 8_000));
  await place.cluster?.join(node);
  await processes.stop(running);
  return [];
}
