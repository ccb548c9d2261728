import { createConnection } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { Draw } from '../../chaos/draw.ts';
import { ProofGround } from '../../chaos/retention/ground.ts';
import { openLooker } from '../../chaos/retention/look.ts';
import { ALL_BUT_NEW, drawRules, EVERY_KIND } from '../../chaos/retention/rules.ts';
import type { ServerPace } from '../../src/retention/ports.ts';
import { Pool } from '../../src/store/mysql/driver/pool.ts';
import { deleteEntries } from '../../src/store/mysql/write/delete-entries.ts';
import { openRetentionBook, openServerPace } from '../../src/store/open.ts';
import { beforeCommit } from '../contract/interrupted-session.ts';
import { entries } from '../contract/store-entries.ts';
import { expectInStep, persistently } from '../contract/store-looks.ts';
import { SILENT } from '../contract/store-subject.ts';
import type { Cluster } from '../support/clusters.ts';
import { inStepWithOthers, leasesOn, NODES, open, run, status, targetOn } from './galera-ground.ts';

const NO_ROWS = { rows: 0, batchRows: 1, restMs: 60_000 };
const MANY = 60;
const POOL = { log: SILENT, connections: 1, statementTimeoutMs: 60_000, purpose: 'writes' } as const;

/** How rules of retention are done on a cluster whose nodes all take writes. */
export function retentionOnGalera(cluster: () => Cluster): void {
  const urls = () => NODES.map((node) => `${cluster().url(node)}/lms?ssl-mode=disabled`);

  it(
    'rules are done on two nodes at once, while others write on both: what is left is right, and in step on all three',
    { timeout: 240_000 },
    async () => {
      const draw = new Draw('retention on Galera', 16);
      const size = { rows: 2_000, batchRows: 60, restMs: 60 };
      await using ground = await ProofGround.open(urls().slice(0, 2), draw, size);
      const before = await conflicts(cluster());
      // Until they have got in each other's way.
      for (let round = 0; round === 0 || (await conflicts(cluster())) === before; round += 1) {
        await ground.writing.fill(500);
        await expectOneRun(cluster(), ground, round === 0 ? EVERY_KIND : drawRules(draw));
      }
      await ground.watching.end();
      expect(ground.watching.problems).toEqual([]);
      expect(ground.watching.looks).toBeGreaterThan(1);
    },
  );

  it('rules that one node puts in force undo what another is about to commit by those before', async () => {
    const [store, other] = [await open([cluster().url(1)]), await open([cluster().url(3)])];
    await store.write(entries(0, 100));
    const book = openRetentionBook(targetOn(cluster().url(2)), { log: SILENT });
    onTestFinished(() => book.close());
    const { version } = await book.apply('*=3d', { by: 'a test' });
    await inStepWithOthers(cluster());
    const lease = await leasesOn(cluster().url(1)).take('retention');
    const pool = new Pool(targetOn(cluster().url(1)), undefined, POOL);
    onTestFinished(() => pool.close());
    const session = beforeCommit(await pool.acquire(), async () => {
      await book.apply('*=forever', { by: 'a test' });
    });
    const on = { lease, rule: { version, place: 0 }, basis: { version, holds: [] } };
    await expect(deleteEntries(session, entries(0, 10), { on })).rejects.toMatchObject({ errno: 1213 });
    await inStepWithOthers(cluster());
    await expect(store.deleteEntries(entries(0, 10), on)).rejects.toMatchObject({ code: 'RULES_CHANGED' });
    await inStepWithOthers(cluster());
    await expectInStep(other, 100);
  });

  it('a run waits while a node has many transactions to apply', { timeout: 240_000 }, async () => {
    const store = await open([cluster().url(1)]);
    await store.write(entries(0, 5_000));
    // Nobody is held up, but by us.
    await run(cluster(), 3, "SET GLOBAL wsrep_provider_options = 'gcs.fc_limit=1000'");
    const held = await createConnection(cluster().url(3));
    onTestFinished(() => held.end());
    await inStepWithOthers(cluster());
    await held.query('FLUSH TABLES WITH READ LOCK');
    for (let n = 0; n < MANY; n += 1) await persistently(store, entries(6_000 + n, 6_001 + n));
    await using ground = await ProofGround.open(urls().slice(0, 1), new Draw('pace'), NO_ROWS);
    await ground.watching.end();
    await ground.writing.end();
    const { pace, waits } = await watchedPace(cluster());
    await ground.apply(ALL_BUT_NEW);
    const running = ground.run({ pace });
    await expect.poll(() => waits.length, { timeout: 60_000 }).toBeGreaterThan(0);
    const first = await ground.looker.look({ withKeys: false });
    await expect.poll(() => waits.length, { timeout: 60_000 }).toBeGreaterThan(3);
    const later = await ground.looker.look({ withKeys: false });
    expect(first.rows).toBeGreaterThan(MANY);
    expect(later.rows).toBe(first.rows);
    await held.query('UNLOCK TABLES');
    expect((await running).end).toBe('done');
    expect((await ground.looker.look({ withKeys: false })).rows).toBeLessThan(MANY);
    await inStepWithOthers(cluster());
  });
}

/** Two runs at once, each on a node of its own; then all three are looked at. */
async function expectOneRun(
  cluster: Cluster,
  ground: ProofGround,
  rules: Parameters<ProofGround['apply']>[0],
): Promise<void> {
  await ground.apply(rules);
  await inStepWithOthers(cluster);
  const { nowMs } = await ground.looker.look({ withKeys: false });
  const began = { nowMs, atMs: performance.now() };
  const runs = await Promise.all([ground.run({}, 0), ground.run({}, 1)]);
  expect(runs.map(({ end }) => end)).toEqual(['done', 'done']);
  const { look, problems } = await ground.check();
  expect([...problems, ...ground.reference.leftOver(look, began), ...ground.watching.problems]).toEqual([]);
  await ground.writing.whilePaused(async () => {
    const { rows, deleted } = await ground.looker.look();
    for (const node of NODES) {
      await using looker = await openLooker(targetOn(cluster.url(node)));
      expect(await looker.look()).toMatchObject({ rows, deleted, outOfStep: [] });
    }
  });
}

/** Transactions that nodes 1 and 2 had to give up for another's. */
async function conflicts(cluster: Cluster): Promise<number> {
  const names = ['wsrep_local_bf_aborts', 'wsrep_local_cert_failures'];
  const found = await Promise.all(
    names.flatMap((name) => [status(cluster, 1, name), status(cluster, 2, name)]),
  );
  return found.reduce<number>((sum, count) => sum + Number(count), 0);
}

/** Notes what a run is told of nodes that are behind. */
async function watchedPace(cluster: Cluster) {
  const own = await openServerPace(targetOn(cluster.url(1)), targetOn(cluster.url(3)), { log: SILENT });
  onTestFinished(() => own.close());
  const waits: number[] = [];
  const pace: ServerPace = {
    async lag() {
      const lag = await own.lag();
      if (lag !== undefined && lag.queuedTransactions > 50) waits.push(lag.queuedTransactions);
      return lag;
    },
  };
  return { pace, waits };
}
