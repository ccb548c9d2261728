import { createConnection } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import type { EntryKey } from '../../src/query/answers/ports.ts';
import { openServerPace } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { entries } from '../contract/store-entries.ts';
import { expectInStep, persistently } from '../contract/store-looks.ts';
import { SILENT } from '../contract/store-subject.ts';
import type { Cluster } from '../support/clusters.ts';
import { inStepWithOthers, NODES, open, run, targetOn } from './galera-ground.ts';

/** How rows are deleted on a cluster whose nodes all take writes, and what it tells of itself. */
export function deletionOnGalera(cluster: () => Cluster): void {
  it(
    'ranges are deleted on two nodes at once, while workers write into them, and counts are in step on all three',
    { timeout: 240_000 },
    async () => {
      const stores = await Promise.all(NODES.map((node) => open([cluster().url(node)])));
      const [one, two, three] = stores;
      if (one === undefined || two === undefined || three === undefined) throw new Error('no stores');
      await one.write(entries(0, 3_000));
      await inStepWithOthers(cluster());
      const to = entries(2_000, 2_001)[0]?.timestamp ?? '';
      const on = { rule: { version: 1, place: 0 } };
      const deleteAll = async (store: Store) => {
        for (let after: EntryKey | undefined; ;) {
          const { end } = await store.deleteRange({ to, after, maxRows: 150 }, on);
          if (end === undefined) return;
          after = end;
        }
      };
      const writing = async () => {
        for (let batch = 0; batch < 10; batch += 1)
          await persistently(three, entries(batch * 150, batch * 150 + 150).map(late));
      };
      await Promise.all([deleteAll(one), deleteAll(two), writing()]);
      // What came in behind the one that deletes.
      await inStepWithOthers(cluster());
      await deleteAll(two);
      await inStepWithOthers(cluster());
      for (const store of stores) await expectInStep(store, 1_000);
      const [account] = await run(cluster(), 3, 'SELECT deleted_rows FROM lms.lms_retention_rules');
      expect(Number(account?.['deleted_rows'])).toBe(3_500);
    },
  );

  it('a node tells what waits there to be applied', async () => {
    const pace = await openServerPace(targetOn(cluster().url(1)), targetOn(cluster().url(2)), {
      log: SILENT,
    });
    onTestFinished(() => pace.close());
    expect(await pace.lag()).toEqual({ replicaMs: 0, queuedTransactions: 0, flowControlShare: 0 });
    const held = await createConnection(cluster().url(2));
    onTestFinished(() => held.end());
    await held.query('FLUSH TABLES WITH READ LOCK');
    const store = await open([cluster().url(1)]);
    const writing = (async () => {
      for (let batch = 0; batch < 40; batch += 1)
        await persistently(store, entries(batch * 5, batch * 5 + 5));
    })();
    await expect
      .poll(async () => (await pace.lag())?.queuedTransactions, { timeout: 60_000, interval: 50 })
      .toBeGreaterThan(3);
    await held.query('UNLOCK TABLES');
    await writing;
    await inStepWithOthers(cluster());
    await expect
      .poll(() => pace.lag(), { timeout: 60_000, interval: 200 })
      .toEqual({ replicaMs: 0, queuedTransactions: 0, flowControlShare: 0 });
  }, 240_000);
}

/** The same time, and another row. */
function late(one: LogEntry): LogEntry {
  return { ...one, eventId: `late-${one.eventId}` };
}
