import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readerWith } from '../../src/query/answers/reader-with.ts';
import { beginInMySql } from '../contract/lease-subjects.ts';
import { entries, shuffled } from '../contract/store-entries.ts';
import { expectInStep, persistently } from '../contract/store-looks.ts';
import { FILTERS, row } from '../contract/words-rows.ts';
import { type Cluster, startCluster } from '../support/clusters.ts';
import { deletionOnGalera } from './galera-deletion.ts';
import {
  inStepWithOthers,
  leasesOn,
  NODES,
  open,
  run,
  startForwarder,
  status,
  targetOn,
  wordsOn,
} from './galera-ground.ts';
import { retentionOnGalera } from './galera-retention.ts';

const ROUNDS = 6;

/** What a store does on a cluster whose nodes all take writes. */
export function storeOnGalera(): void {
  describe('a store on a Galera cluster', () => {
    let cluster: Cluster;

    beforeAll(async () => {
      cluster = await startCluster('galera');
    }, 240_000);
    afterAll(() => cluster[Symbol.asyncDispose]());

    beforeEach(async () => {
      await run(cluster, 1, 'DROP DATABASE IF EXISTS lms');
      await run(cluster, 1, 'CREATE DATABASE lms');
      const store = await open([cluster.url(1)]);
      await store.migrate();
      await inStepWithOthers(cluster);
    });

    it(
      'repairs on two nodes at once mend once, while workers write on all',
      { timeout: 240_000 },
      async () => {
        const stores = await Promise.all(NODES.map((node) => open([cluster.url(node)])));
        let from = 0;
        for (let round = 0; round < ROUNDS; round += 1) {
          await run(cluster, 3, 'UPDATE lms.service_severity SET `count` = `count` + 11');
          await run(cluster, 3, "DELETE FROM lms.service_severity_minutes WHERE severity = 'error'");
          await inStepWithOthers(cluster);
          const repairing = Promise.all(stores.slice(0, 2).map((store) => store.repair({ apply: true })));
          const writing = stores.map(async (store, index) => {
            for (let batch = 0; batch < 5; batch += 1)
              await persistently(
                store,
                shuffled(entries(from + batch * 100, from + batch * 100 + 200), index),
              );
          });
          const [repairs] = await Promise.all([repairing, ...writing]);
          from += 600;
          await inStepWithOthers(cluster);
          for (const store of stores) await expectInStep(store, from);
          // In the first round there is nothing yet.
          if (round > 0) expect(repairs.filter(({ counts }) => counts.total > 0)).toHaveLength(1);
        }
        // Sums of counts are filled on two nodes at once, too, and are those of all three.
        await Promise.all(stores.slice(0, 2).map((store) => store.fillRollups()));
        await inStepWithOthers(cluster);
        for (const store of stores) expect((await store.verify()).rollups).toEqual({ inUse: true, wrong: 0 });
      },
    );

    deletionOnGalera(() => cluster);
    retentionOnGalera(() => cluster);

    it('of two that work under a lease on two nodes at once, one commits', async () => {
      const [one, two] = [leasesOn(cluster.url(1)), leasesOn(cluster.url(2))];
      await run(cluster, 1, 'CREATE TABLE lms.jobs_done (round INT, node INT)');
      for (let round = 0; round < ROUNDS; round += 1) {
        const lost = await one.take('job');
        if (lost === undefined) throw new Error('somebody has the lease');
        await inStepWithOthers(cluster);
        // Both see it as theirs: the first has its transaction open while the other takes the lease elsewhere.
        await using first = await beginInMySql(targetOn(cluster.url(1)));
        await first.run(`INSERT INTO jobs_done VALUES (${String(round)}, 1)`);
        await first.protect(lost);
        await run(cluster, 2, "UPDATE lms.lms_leases SET expires_at = '2026-01-01' WHERE name = 'job'");
        const lease = await two.take('job');
        if (lease === undefined) throw new Error('nobody could take the lease');
        await using second = await beginInMySql(targetOn(cluster.url(2)));
        await second.run(`INSERT INTO jobs_done VALUES (${String(round)}, 2)`);
        await second.protect(lease);
        const outcomes = await Promise.allSettled([first.commit(), second.commit()]);
        expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
        await inStepWithOthers(cluster);
        expect(await one.renew(lost)).toBe(false);
        await two.release(lease);
        await inStepWithOthers(cluster);
      }
      const done = await run(cluster, 3, 'SELECT round, node FROM lms.jobs_done ORDER BY round');
      expect(done).toEqual(Array.from({ length: ROUNDS }, (_none, round) => ({ round, node: 2 })));
    });

    it('of leases that are asked for on all nodes at once, one is had', async () => {
      const leases = NODES.map((node) => leasesOn(cluster.url(node)));
      for (let round = 0; round < ROUNDS; round += 1) {
        const asked = await Promise.all(leases.map((each) => each.take(`job-${String(round)}`)));
        await inStepWithOthers(cluster);
        // What one node took and the cluster then gave to another is not renewed.
        const kept = asked.map(async (lease, index) => lease !== undefined && leases[index]?.renew(lease));
        expect((await Promise.all(kept)).filter((isOurs) => isOurs === true)).toHaveLength(1);
        expect(asked.filter((lease) => lease !== undefined)).toHaveLength(1);
      }
    });

    it(
      'of two that build the index of words on two nodes at once, the one without its lease commits nothing, and no row is left out',
      { timeout: 120_000 },
      async () => {
        const rows = Array.from({ length: 600 }, (_, n) => row(n, n * 5));
        const store = await open([cluster.url(1)]);
        await store.write(rows.slice(0, 500));
        await inStepWithOthers(cluster);
        const [one, two] = [await wordsOn(cluster.url(1)), await wordsOn(cluster.url(2))];
        const lost = await one.opened.leases.take('words');
        if (lost === undefined) throw new Error('somebody has the lease');
        let stealing: Promise<void> | undefined;
        let other: Promise<unknown> | undefined;
        const steal = async () => {
          const ended = "UPDATE lms.lms_leases SET expires_at = '2026-01-01' WHERE name = 'words'";
          await run(cluster, 2, ended);
          const lease = await two.opened.leases.take('words');
          if (lease === undefined) throw new Error('nobody could take the lease');
          other = Promise.all([two.build({ lease }), persistently(store, rows.slice(500))]);
        };
        let pieces = 0;
        const first = one.build({
          lease: lost,
          // It has something to commit after that, however fast it is; what it read before may be committed meanwhile.
          readerOf: (reader) =>
            readerWith(reader, {
              piece: async (...request) => {
                pieces += 1;
                if (pieces === 3) stealing = steal();
                await stealing;
                return reader.piece(...request);
              },
            }),
        });
        // A commit that the cluster refuses is a deadlock to whoever wanted it.
        await expect(first).rejects.toMatchObject({
          code: expect.stringMatching(/^(LEASE_LOST|DATABASE_BUSY|ER_LOCK_DEADLOCK)$/) as string,
        });
        await stealing;
        await other;
        await inStepWithOthers(cluster);
        for (const ground of [one, two]) await ground.expectCovered(rows, FILTERS);
        await two.build({ sizes: { lateRows: 1 } });
        await inStepWithOthers(cluster);
        for (const ground of [one, two, await wordsOn(cluster.url(3))])
          expect(await ground.expectCovered(rows, FILTERS)).toBeGreaterThan(0.3);
      },
    );

    it('a repair whose snapshot is of a node that lacks an earlier repair waits for a better one', async () => {
      const [one, two] = [await open([cluster.url(1)]), await open([cluster.url(2)])];
      await one.write(entries(0, 500));
      await run(cluster, 1, 'UPDATE lms.service_severity SET `count` = `count` + 11');
      await inStepWithOthers(cluster);
      // The first connection, which takes the lease, is to node 1; the second, which reads, is to node 2.
      const forwarder = await startForwarder([cluster.url(1), cluster.url(2)]);
      onTestFinished(() => forwarder.close());
      const behind = await open([forwarder.url]);
      const lagging = await createConnection(cluster.url(2));
      onTestFinished(() => lagging.end());
      await lagging.query('FLUSH TABLES WITH READ LOCK');
      expect((await one.repair({ apply: true })).counts.total).toBeGreaterThan(0);
      // Node 2 has the wrong counts still: what was taken off would be taken off again.
      const repairing = behind.repair({ apply: true });
      await expect.poll(() => forwarder.connections, { timeout: 20_000 }).toBeGreaterThanOrEqual(4);
      await lagging.query('UNLOCK TABLES');
      expect((await repairing).counts.total).toBe(0);
      await inStepWithOthers(cluster);
      for (const store of [one, two]) await expectInStep(store, 500);
    }, 120_000);

    it(
      'a node that is killed is left within seconds, for one of the others',
      { timeout: 120_000 },
      async () => {
        const store = await open([cluster.url(2), cluster.url(1), cluster.url(3)]);
        await store.write(entries(0, 100));
        await cluster.kill(2);
        const startedMs = performance.now();
        await persistently(store, entries(100, 200));
        // The cluster itself takes 5 s to decide that a node is gone.
        expect(performance.now() - startedMs).toBeLessThan(12_000);
        await cluster.join(2);
        await inStepWithOthers(cluster);
        await expectInStep(await open([cluster.url(2)]), 200);
      },
    );

    it('a node that has lost the others is passed over', { timeout: 120_000 }, async () => {
      // It thinks that it is cut off; the others go on without it.
      await run(cluster, 1, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=1'");
      onTestFinished(async () => {
        await run(cluster, 1, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=0'");
        await inStepWithOthers(cluster);
      });
      await expect
        .poll(() => status(cluster, 1, 'wsrep_cluster_status'), { timeout: 30_000, interval: 200 })
        .toBe('non-Primary');
      const store = await open([cluster.url(1), cluster.url(2)]);
      expect(await store.write(entries(0, 100))).toEqual({ stored: 100, duplicates: 0 });
      await expect(open([cluster.url(1), 'mysql://root@127.0.0.1:1'])).rejects.toMatchObject({
        code: 'DATABASE_UNREACHABLE',
        message: expect.stringMatching(
          / is cut off from the majority| fails \(ER_UNKNOWN_COM_ERROR\)/,
        ) as string,
      });
    });
  });
}
