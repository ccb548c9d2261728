import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { connectPubSub, type PubSubClients } from '../src/pubsub/client.ts';
import { TopicPublisher } from '../src/pubsub/publisher.ts';
import { ensureTopology } from '../src/pubsub/topology.ts';
import { NAMES } from '../test/support/topology.ts';
import { checkTables, countRows, type TableCheck } from './check.ts';
import { Draw } from './draw.ts';
import type { World } from './faults/fault.ts';
import { Fleet } from './fleet.ts';
import { type LetterCheck, Letters } from './letters.ts';
import { type ChaosMessage, chaosMessages } from './messages.ts';
import { type Plan, planText } from './plan.ts';
import { type Published, publishPortion, publishPortions } from './publishing.ts';
import { type Arena, openArena, type Stage } from './stage.ts';
import { TcpProxy } from './tcp-proxy.ts';

const ACK_DEADLINE_SECONDS = 10;
const SHUTDOWN_TIMEOUT_SECONDS = 5;
/** Batches of letters that come again beside rows that are stored already look like a table at fault. */
const REFUSED_ROWS_TIMEOUT_SECONDS = 20;
/** Settings of all workers, in every round. */
const WORKER_ENV = {
  ACK_DEADLINE: String(ACK_DEADLINE_SECONDS),
  SHUTDOWN_TIMEOUT: String(SHUTDOWN_TIMEOUT_SECONDS),
  REFUSED_ROWS_TIMEOUT: String(REFUSED_ROWS_TIMEOUT_SECONDS),
  METADATA_SERVER_DETECTION: 'none',
};
/**
 * Leases of killed workers run out within 10 s, on the emulator over some minutes; the rest is work that was
 * held up, on a cluster by much.
 */
const SETTLE_TIMEOUT_MS = { broker: 60_000, emulator: 240_000, cluster: 180_000 };
/**
 * Services go on publishing after a storm, a little at a time: rows that the database refuses are told from a table
 * at fault by what becomes of others.
 */
const CALM = { everyMs: 5_000, messages: 40, most: 2_400 };
/** How long the last faults may wait for what they are to hit: a COMMIT, a call of the broker. */
const LAST_FAULT_MS = 3_000;
const LOOK_MS = 100;

/** What a round showed. */
export interface RoundResult {
  readonly plan: Plan;
  readonly published: Published;
  readonly tables: TableCheck;
  readonly letters: LetterCheck;
  /** How often each kind of fault took effect. */
  readonly faults: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
  readonly failedStarts: number;
  readonly tookMs: number;
}

/** Plays a round by its plan. Logs of all workers and the plan go to `directory`. */
export async function playRound(plan: Plan, stage: Stage, directory: string): Promise<RoundResult> {
  const startMs = performance.now();
  await mkdir(directory, { recursive: true });
  await writeFile(`${directory}plan.txt`, planText(plan));
  await using opened = new AsyncDisposableStack();
  const ground = await setUp({ plan, stage, directory }, opened);
  const { run, world, letters } = ground;
  const { fleet, database, databaseName } = world;
  const messages = messagesOf(plan, run);
  const { published, faults } = await storm({ plan, messages }, ground);
  const problems: string[] = [];
  const calm = messages.slice(plan.messages).filter(({ row }) => row !== undefined);
  if (!(await settled({ ground, published, calm, timeoutMs: settleTimeoutMs(plan) }))) {
    problems.push('the subscription did not become empty');
  }
  await fleet.close();
  await letters.collect();
  await database.inStep(databaseName);
  problems.push(...(await database.verify(databaseName)));
  const tables = await checkTables(database.url(databaseName), run, published);
  problems.push(...fleet.problems, ...checkSums(fleet, tables, letters.check(published)));
  return {
    plan,
    published,
    tables,
    letters: letters.check(published),
    faults,
    problems,
    failedStarts: fleet.failedStarts,
    tookMs: performance.now() - startMs,
  };
}

interface RoundParts {
  readonly plan: Plan;
  readonly stage: Stage;
  /** Where logs go. */
  readonly directory: string;
}

/** What a round is played on. */
interface Ground {
  /** Name of the run that its messages are numbered by. */
  readonly run: string;
  readonly arena: Arena;
  /** Its own way to Pub/Sub, past the proxy: what was published has to be known for sure. */
  readonly clients: PubSubClients;
  readonly world: World;
  readonly letters: Letters;
}

/** Starts networks, topics and workers. What has to be closed after the round is added to `opened`. */
async function setUp({ plan, stage, directory }: RoundParts, opened: AsyncDisposableStack): Promise<Ground> {
  const { database, name } = stage;
  const address = new URL(database.url(name));
  const arena = await openArena(plan.conditions.pubsub === 'emulator' ? stage.emulator : undefined);
  opened.defer(() => arena.close());
  const mysqlNetwork = opened.use(await TcpProxy.start(address.hostname, Number(address.port)));
  const pubsubNetwork = opened.use(await TcpProxy.start(arena.host, arena.port));
  const run = `chaos${String(plan.seed)}r${String(plan.round)}`;
  const clients = await connectPubSub({
    projectId: `lms-${run}-${name.slice(-8)}`,
    emulatorHost: `${arena.host}:${String(arena.port)}`,
  });
  opened.defer(() => clients.close());
  await ensureTopology({ clients, names: NAMES, role: 'worker', create: true });
  const fleet = new Fleet({
    workers: plan.conditions.workers,
    directory,
    shutdownTimeoutMs: SHUTDOWN_TIMEOUT_SECONDS * 1000,
    env: (slot) => ({
      ...plan.settings,
      DATABASE_URL: database.urlOfWorker(name, slot, mysqlNetwork.port),
      PUBSUB_EMULATOR_HOST: pubsubNetwork.address,
      PUBSUB_PROJECT_ID: clients.projectId,
      ...WORKER_ENV,
    }),
  });
  opened.defer(() => fleet.close());
  const subscription = clients.subscriptionName(NAMES.subscription);
  const { broker } = arena;
  const networks = { mysqlNetwork, pubsubNetwork };
  const world = { fleet, database, databaseName: name, ...networks, broker, subscription };
  return { run, arena, clients, world, letters: new Letters(clients, NAMES.deadLetterSubscription) };
}

/** Those of the storm, and some more for the calm after it. */
function messagesOf({ seed, round, messages }: Plan, run: string): ChaosMessage[] {
  return chaosMessages(run, round, messages + CALM.most, new Draw(seed, 'messages', round));
}

/** Publishes while faults happen at their times; afterwards nothing is broken any more. */
async function storm(
  { plan, messages }: { readonly plan: Plan; readonly messages: readonly ChaosMessage[] },
  { world, clients }: Ground,
): Promise<{ published: Published; faults: Map<string, number> }> {
  const publishing = publishPortions(new TopicPublisher(clients, NAMES.topic), messages, plan.portions);
  const over = new AbortController();
  const faults = new Map<string, number>();
  const startMs = performance.now();
  const injecting = plan.faults.map(async (fault) => {
    await delay(Math.max(0, startMs + fault.atMs - performance.now()));
    if (await fault.inject(world, over.signal)) {
      faults.set(fault.kind.name, (faults.get(fault.kind.name) ?? 0) + 1);
    }
  });
  const published = await publishing;
  const last = plan.faults.at(-1)?.atMs ?? 0;
  const ended = Promise.all(injecting);
  await Promise.race([ended, delay(Math.max(0, startMs + last + LAST_FAULT_MS - performance.now()))]);
  over.abort();
  world.broker?.faults.clear();
  world.mysqlNetwork.heal();
  world.pubsubNetwork.heal();
  await ended;
  return { published, faults };
}

function settleTimeoutMs({ conditions: { pubsub, database } }: Plan): number {
  return SETTLE_TIMEOUT_MS[database === 'cluster' ? 'cluster' : pubsub];
}

interface Settling {
  readonly ground: Ground;
  readonly published: Published;
  /** What is published meanwhile. */
  readonly calm: readonly ChaosMessage[];
  readonly timeoutMs: number;
}

/** Waits until the workers are through with everything. False if that does not happen in time. */
async function settled({ ground, published, calm, timeoutMs }: Settling): Promise<boolean> {
  const publisher = new TopicPublisher(ground.clients, NAMES.topic);
  const beginMs = performance.now();
  let next = 0;
  while (!(await isThrough(ground, published))) {
    const waitedMs = performance.now() - beginMs;
    if (waitedMs > timeoutMs) return false;
    if (waitedMs > (next / CALM.messages + 1) * CALM.everyMs) {
      await publishPortion(publisher, { messages: calm.slice(next, next + CALM.messages) }, published);
      next += CALM.messages;
    }
    await delay(LOOK_MS);
  }
  return true;
}

/** Whether the subscription holds nothing any more. */
async function isThrough({ run, arena, world, letters }: Ground, { confirmed }: Published): Promise<boolean> {
  if (arena.broker !== undefined) {
    const { waiting, outstanding } = arena.broker.subscriptionStats(world.subscription);
    return waiting + outstanding === 0;
  }
  // An emulator does not say what it holds.
  const valid = [...confirmed].filter(({ row }) => row !== undefined).length;
  await letters.collect();
  const rows = await countRows(world.database.url(world.databaseName), run);
  return letters.messages >= confirmed.size - valid && rows >= valid;
}

/**
 * What the ledgers claim was done must be there; more may be, by workers that were killed before they could
 * tell.
 */
function checkSums({ ledgers }: Fleet, tables: TableCheck, letters: LetterCheck): string[] {
  const stored = ledgers.reduce((sum, ledger) => sum + ledger.stored, 0);
  const deadLettered = ledgers.reduce((sum, ledger) => sum + ledger.deadLettered, 0);
  const problems: string[] = [];
  if (stored > tables.rows)
    problems.push(`the ledgers say ${String(stored)} stored, there are ${String(tables.rows)} rows`);
  if (deadLettered > letters.letters)
    problems.push(
      `the ledgers say ${String(deadLettered)} dead-lettered, there are ${String(letters.letters)} letters`,
    );
  return problems;
}
