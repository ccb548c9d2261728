import { beforeEach, describe, expect, it } from 'vitest';
import type { ServerLag } from '../../src/retention/ports.ts';
import { columnTime } from '../support/memory-retention-book.ts';
import { DAY_MS, HOUR_MS, NOW_MS, RetentionGround } from '../support/retention-ground.ts';

const NOT_BEHIND: ServerLag = { replicaMs: 0, queuedTransactions: 0, flowControlShare: 0 };

let ground: RetentionGround;

beforeEach(() => {
  ground = new RetentionGround();
});

describe('while a run is at it', () => {
  beforeEach(() => {
    for (let n = 0; n < 15_000; n += 1) ground.database.add(ground.row(1_000 + n / 300));
  });

  it('other rules end it within seconds', async () => {
    await ground.apply('*=1d');
    const began = ground.book.nowMs;
    ground.database.beforeDeletion = async () => {
      if (ground.database.deletions.length === 2) await ground.apply('*=forever');
      await ground.clock.advance(900);
      ground.book.nowMs = began + ground.clock.now();
    };
    const { end, rules } = await ground.run();
    expect(end).toBe('rules changed');
    expect(ground.database.deletions.length).toBeLessThan(5);
    expect(rules).toMatchObject([{ isDone: false }]);
    expect((await ground.run()).end).toBe('done');
    expect(ground.database.rows.size).toBeGreaterThan(0);
  });

  it('so does a new hold', async () => {
    await ground.apply('*=1d');
    ground.database.beforeDeletion = async () => {
      if (ground.database.deletions.length === 1)
        await ground.book.hold(
          { id: 'restored', from: columnTime(0), to: columnTime(NOW_MS), reason: '' },
          3_600,
        );
      await ground.clock.advance(600);
    };
    expect((await ground.run()).end).toBe('rules changed');
    const rows = ground.database.rows.size;
    expect((await ground.run()).end).toBe('done');
    expect(ground.database.rows.size).toBe(rows);
  });

  it('a stop ends it before the next transaction, and the next run goes on', async () => {
    const stop = new AbortController();
    ground.database.beforeDeletion = () => {
      if (ground.database.deletions.length === 2) stop.abort();
    };
    await ground.apply('*=1d');
    expect((await ground.run({ signal: stop.signal })).end).toBe('stopped');
    expect(ground.database.deletions).toHaveLength(3);
    expect(ground.book.accounts.get('1 0')?.doneTo).toBeUndefined();
    ground.database.beforeDeletion = () => undefined;
    expect((await ground.run()).end).toBe('done');
    expect(ground.database.rows.size).toBe(0);
    expect(ground.book.accounts.get('1 0')).toMatchObject({
      deletedRows: 15_000,
      doneTo: '2026-11-29 12:00:00.000000',
    });
  });

  it('a stop while it is still asking whether the clock is right is a stop, too', async () => {
    const stop = new AbortController();
    await ground.apply('*=1d');
    const reader = {
      ...ground.database.reader,
      minutes: () => {
        stop.abort();
        return Promise.reject(stop.signal.reason as Error);
      },
    };
    expect(await ground.run({ reader, signal: stop.signal })).toMatchObject({ end: 'stopped', version: 1 });
    expect(ground.database.deletions).toEqual([]);
  });

  it('pieces are as large as fit into a tenth of a second', async () => {
    const { database, clock } = ground;
    await ground.apply('*=1d');
    // Forty rows a millisecond; the fourth takes half a second, whatever it has.
    const took = [50, 100, 100, 500, 100];
    database.beforeDeletion = () => clock.advance(took[database.deletions.length] ?? 0);
    await ground.run();
    expect(database.deletions.map(({ maxRows }) => maxRows)).toEqual([2_000, 4_000, 4_000, 4_000, 2_000]);
  });

  it('rests as long as it works, by its share of the time', async () => {
    ground.database.beforeDeletion = () => ground.clock.advance(400);
    await ground.apply('*=1d');
    const beganAtMs = ground.clock.now();
    await ground.run({ share: 0.5 });
    const pieces = ground.database.deletions.length;
    expect(ground.clock.now() - beganAtMs).toBeGreaterThanOrEqual(pieces * 800);
    expect(ground.clock.now() - beganAtMs).toBeLessThan(pieces * 1_000);
  });

  it('keeps what it finds until it is enough for a transaction', async () => {
    await ground.apply('Hello=1d');
    await ground.run();
    const sizes = ground.database.deletions.map(({ rows }) => rows.length);
    expect(sizes.slice(0, 2)).toEqual([2_000, 4_000]);
    expect(ground.database.rows.size).toBe(0);
    expect(ground.database.rowsRead).toBe(15_000);
  });

  it.each<[string, Partial<ServerLag>]>([
    ['a replica', { replicaMs: 60_000 }],
    ['a node of a cluster, or a member of a group', { queuedTransactions: 51 }],
    ['writers that flow control holds up', { flowControlShare: 0.06 }],
  ])('waits for servers that are behind, and does a little all the same: %s', async (_, behind) => {
    await ground.apply('*=1d');
    let lag: ServerLag = { ...NOT_BEHIND, ...behind };
    const pace = { lag: () => Promise.resolve(lag) };
    ground.database.beforeDeletion = () => {
      if (ground.database.deletions.length === 3) lag = NOT_BEHIND;
    };
    await ground.run({ pace });
    expect(ground.clock.now()).toBeGreaterThanOrEqual(90_000);
    expect(ground.clock.now()).toBeLessThan(130_000);
    expect(ground.database.deletions.slice(1, 4).map(({ maxRows }) => maxRows)).toEqual([
      2_000, 2_000, 2_000,
    ]);
    expect(ground.database.rows.size).toBe(0);
  });

  it('its transactions are protected by the lease, on the account of the rule, and as good as the rules are', async () => {
    await ground.apply('severity:debug=1d; *=1d');
    const lease = { name: 'retention', owner: 'this one' };
    await ground.run({ lease });
    expect(ground.database.deletions.map(({ on }) => on)).toEqual(
      ground.database.deletions.map(() => ({
        lease,
        rule: { version: 1, place: 1 },
        basis: { version: 1, holds: [] },
        signal: expect.any(AbortSignal) as AbortSignal,
      })),
    );
  });
});

describe('a clock that is wrong', () => {
  beforeEach(async () => {
    ground.database.add(ground.row(0.1), ground.row(10 * 24, { payload: 'of last week' }));
    await ground.apply('*=30d');
  });

  it('deletes nothing if it jumped ahead of all that is known', async () => {
    await ground.run();
    ground.book.nowMs += 300 * DAY_MS;
    await expect(ground.run()).rejects.toMatchObject({ code: 'CLOCK' });
    expect(ground.database.rows.size).toBe(2);
    await ground.run({ trustsClock: true });
    expect(ground.database.rows.size).toBe(0);
  });

  it('is not believed for the sake of an entry from the future', async () => {
    ground.database.add(ground.row(-400 * 24));
    ground.book.nowMs += 300 * DAY_MS;
    await expect(ground.run()).rejects.toMatchObject({ code: 'CLOCK' });
  });

  it('deletes nothing if it is another than this machine has', async () => {
    await expect(ground.run({ ownNowMs: () => NOW_MS - 2 * HOUR_MS })).rejects.toThrow(
      "the database's clock says 2026-11-30 12:00:30 UTC, this machine's 2026-11-30 10:00:30 UTC",
    );
  });

  it('deletes nothing that is not old if it jumped back, and goes on once it is right', async () => {
    await ground.run();
    const rows = ground.database.rows.size;
    ground.book.nowMs -= 100 * DAY_MS;
    expect((await ground.run()).end).toBe('done');
    expect(ground.database.rows.size).toBe(rows);
    ground.book.nowMs += 121 * DAY_MS;
    ground.database.add(ground.row(0));
    await ground.run();
    expect(ground.left()).toEqual(['Hello', 'Hello']);
  });

  it('is believed after a pause in which nothing came, if anything did since', async () => {
    ground.book.nowMs += 12 * DAY_MS;
    await expect(ground.run()).rejects.toMatchObject({ code: 'CLOCK' });
    ground.database.add(ground.row(1));
    expect((await ground.run()).end).toBe('done');
  });
});
