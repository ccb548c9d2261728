import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { SEVERITIES } from '../../src/logs/severity.ts';
import type { Store } from '../../src/store/store.ts';
import { EarlierWriter } from './earlier-writer.ts';
import { entries, entry } from './store-entries.ts';
import { expectInStep, persistently } from './store-looks.ts';
import type { StoreSubject } from './store-subject.ts';

const RIGHT = { inUse: true, wrong: 0 };
const SUMS = 'SELECT COUNT(*) AS counted FROM lms_rollups';

/** What every store does to keep its sums of counts right, or not to use them. */
export function rollupsContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: sums of counts`, () => {
    let subject: StoreSubject;
    let store: Store;
    let earlier: EarlierWriter;
    /** Whether the database keeps the sums itself, whoever writes. */
    let isKept: boolean;

    beforeEach(async () => {
      subject = await makeSubject();
      store = await subject.open();
      await store.migrate();
      earlier = new EarlierWriter(subject);
      isKept = subject.target.kind === 'sqlite';
    });
    afterEach(() => subject.dispose());

    const state = async () => (await store.verify()).rollups;
    const fillAndExpectRight = async () => {
      expect((await store.fillRollups()).inUse).toBe(true);
      expect(await state()).toEqual(RIGHT);
    };

    it('are right from the first batch on, duplicates and deletions included', async () => {
      expect(await state()).toEqual(RIGHT);
      await store.write(entries(0, 3_000));
      await store.write(entries(2_500, 3_200));
      expect(await state()).toEqual(RIGHT);
      expect(await store.deleteEntries(entries(100, 1_900))).toBe(1_800);
      expect(await state()).toEqual(RIGHT);
      await expectInStep(store, 1_400);
    });

    it('go with the last row', async () => {
      await store.write(entries(0, 500));
      await store.deleteEntries(entries(0, 500));
      expect(await subject.sql(SUMS)).toEqual([{ counted: 0 }]);
      expect(await state()).toEqual(RIGHT);
      await store.write(entries(0, 10));
      expect(await state()).toEqual(RIGHT);
    });

    it('are of hours and days of UTC, for each key, service and over all services, and of minutes over all', async () => {
      await store.write([
        entry({ eventId: 'a', timestamp: '2026-03-28 23:59:59.999999' }),
        entry({ eventId: 'b', timestamp: '2026-03-29 00:00:00.000000' }),
        entry({ eventId: 'b2', timestamp: '2026-03-29 00:00:01.000000', severity: 'fatal' }),
        entry({ eventId: 'c', timestamp: '2026-03-29 00:59:00.000000', serviceName: 'beta' }),
      ]);
      const sumsOf = (level: string, [first, second]: readonly [string, string]) => [
        `${level} ${first}:00:00 alpha 1`,
        `${level} ${second}:00:00 alpha 2`,
        `${level} ${second}:00:00 beta 1`,
      ];
      const rows =
        await subject.sql(`SELECT width, by_service, CAST(start AS CHAR(19)) AS start, service_name,
        SUM(\`count\`) AS counted FROM lms_rollups WHERE width > 0 GROUP BY width, by_service, start, service_name
        ORDER BY width, by_service, start, service_name`);
      expect(rows.map((row) => Object.values(row).join(' '))).toEqual([
        '1 0 2026-03-28 23:59:00  1',
        '1 0 2026-03-29 00:00:00  2',
        '1 0 2026-03-29 00:59:00  1',
        '60 0 2026-03-28 23:00:00  1',
        '60 0 2026-03-29 00:00:00  3',
        ...sumsOf('60 1', ['2026-03-28 23', '2026-03-29 00']),
        ...(isKept ? [] : sumsOf('60 2', ['2026-03-28 23', '2026-03-29 00'])),
        '1440 0 2026-03-28 00:00:00  1',
        '1440 0 2026-03-29 00:00:00  3',
        ...sumsOf('1440 1', ['2026-03-28 00', '2026-03-29 00']),
        ...(isKept ? [] : sumsOf('1440 2', ['2026-03-28 00', '2026-03-29 00'])),
      ]);
      const ofServices = await subject.sql(
        'SELECT severity FROM lms_rollups WHERE width > 0 AND by_service = 2',
      );
      expect(ofServices.map(({ severity }) => severity)).toEqual(isKept ? [] : Array(6).fill('debug'));
    });

    it('are not used once a worker of the release before has written, until they are filled', async () => {
      await store.write(entries(0, 100));
      await earlier.write(entry({ eventId: 'past' }));
      expect(await store.rollupsInUse()).toBe(isKept);
      // What workers of this release add meanwhile does not hide it.
      await store.write(entries(100, 200));
      expect(await store.rollupsInUse()).toBe(isKept);
      await fillAndExpectRight();
    });

    it.each([
      ['one day', '2026-03-28 10:00:00.000000', 'alpha'],
      ['another service', '2026-03-29 01:30:00.000000', 'beta'],
    ])(
      'are not used after numbers of the release before that cancel out: %s',
      async (_, timestamp, other) => {
        const old = entry({ eventId: 'old' });
        await store.write([
          old,
          entry({ eventId: 'kept' }),
          entry({ eventId: 'other', serviceName: 'beta' }),
        ]);
        await earlier.write(entry({ eventId: 'late', timestamp, serviceName: other }));
        await earlier.delete(old);
        expect(await store.rollupsInUse()).toBe(isKept);
        await fillAndExpectRight();
      },
    );

    it('are not used where a count was removed and made again past them', async () => {
      const [first, second] = [entry({ eventId: 'one' }), entry({ timestamp: '2026-03-30 01:00:00.000000' })];
      await earlier.write(first);
      await store.write([second]);
      await store.deleteEntries([first]);
      await earlier.delete(second);
      expect(await store.rollupsInUse()).toBe(isKept);
      await store.write([entry({ eventId: 'again' })]);
      expect(await store.rollupsInUse()).toBe(isKept);
      await fillAndExpectRight();
    });

    it('of tables of the release before are filled, and not used before', async () => {
      for (const each of entries(0, 30)) await earlier.write(each);
      await store.write(entries(30, 40));
      expect(await store.rollupsInUse()).toBe(isKept);
      const days: unknown[] = [];
      const filled = await store.fillRollups({ onDay: (progress) => days.push(progress) });
      expect(filled.inUse).toBe(true);
      expect(days).toEqual([{ done: 1, of: 1 }]);
      expect(await state()).toEqual(RIGHT);
      expect(await store.fillRollups()).toEqual(RIGHT);
    });

    it('of programs that kept none over all severities are not used until those are filled', async () => {
      await store.write(entries(0, 50));
      await subject.sql('DELETE FROM lms_rollups WHERE width > 0 AND by_service = 2');
      await subject.sql('UPDATE lms_rollups SET by_service = 1 WHERE width = 0');
      await store.write(entries(50, 60));
      expect(await store.rollupsInUse()).toBe(isKept);
      await fillAndExpectRight();
      // What such a program left behind goes with what it marked.
      await store.deleteEntries(entries(0, 60));
      await fillAndExpectRight();
      expect(await subject.sql(SUMS)).toEqual([{ counted: 0 }]);
    });

    it('that somebody changed by hand are seen by verify, not used if their totals are wrong, and mended', async () => {
      await store.write(entries(0, 200));
      await subject.sql('UPDATE lms_rollups SET `count` = `count` + 1 WHERE width = 60');
      expect(await store.verify()).toMatchObject({ agree: false, rollups: { inUse: true } });
      await subject.sql('DELETE FROM lms_rollups WHERE width = 1440');
      if (!isKept) expect(await store.rollupsInUse()).toBe(false);
      await store.repair({ apply: true });
      expect(await state()).toEqual(RIGHT);
    });

    it('follow a repair of the counts', async () => {
      await store.write(entries(0, 200));
      await subject.sql("DELETE FROM service_severity_minutes WHERE severity = 'info'");
      await store.fillRollups();
      await store.repair({ apply: true });
      expect(await state()).toEqual(RIGHT);
      await expectInStep(store, 200);
    });

    it('stop being filled when they are told to', async () => {
      await store.write(entries(0, 10));
      const stop = AbortSignal.abort(new Error('stopped'));
      await expect(store.fillRollups({ signal: stop })).rejects.toThrow('stopped');
    });

    it('are not filled by who has lost the lease', async () => {
      await store.write(entries(0, 10));
      await subject.sql('DELETE FROM lms_rollups WHERE width = 60');
      const lease = { name: 'rollups', owner: 'somebody who was' };
      await expect(store.fillRollups({ lease })).rejects.toMatchObject({ code: 'LEASE_LOST' });
      expect((await state()).wrong).toBeGreaterThan(0);
    });

    it('are right whenever they are used, while writers of both releases, deletions and two fillers are at it', async () => {
      const [writer, deleter, filler, other] = await Promise.all([
        subject.open(),
        subject.open(),
        subject.open(),
        subject.open(),
      ]);
      let working = 3;
      const done = () => {
        working -= 1;
      };
      const write = async () => {
        for (let from = 0; from < 1_200; from += 100) await persistently(writer, entries(from, from + 150));
      };
      const writeEarlier = async () => {
        for (let n = 0; n < 15; n += 1)
          await earlier.write(entry({ eventId: `earlier-${String(n)}`, timestamp: dayOf(n) }));
      };
      const remove = async () => {
        for (let from = 0; from < 1_200; from += 120) await deleter.deleteEntries(entries(from, from + 60));
      };
      const fill = async (by: Store) => {
        while (working > 0) {
          await by.fillRollups();
          const { inUse, wrong } = await state();
          if (inUse) expect(wrong).toBe(0);
        }
      };
      await Promise.all([
        write().finally(done),
        writeEarlier().finally(done),
        remove().finally(done),
        fill(filler),
        fill(other),
      ]);
      await fillAndExpectRight();
    });

    it.each([1, 2, 3, 4])('are never used and wrong, whoever does what: seed %i', async (seed) => {
      const random = randomOf(seed);
      const there: LogEntry[] = [];
      for (let step = 0; step < 60; step += 1) {
        const chosen = random(7);
        const fresh = entry({
          eventId: `event-${String(step)}`,
          timestamp: dayOf(random(3)),
          serviceName: `service-${String(random(2))}`,
          severity: SEVERITIES[random(2)] ?? 'info',
        });
        const gone = there.splice(random(Math.max(1, there.length)), chosen >= 3 && chosen <= 5 ? 1 : 0);
        if (chosen <= 2) there.push(fresh);
        if (chosen === 0) await earlier.write(fresh);
        else if (chosen <= 2) await store.write([fresh]);
        else if (chosen === 3) for (const each of gone) await earlier.delete(each);
        else if (chosen <= 5) await store.deleteEntries(gone);
        else if (random(2) === 0) await store.fillRollups();
        const { inUse, wrong } = await state();
        if (inUse) expect({ step, chosen, wrong }).toEqual({ step, chosen, wrong: 0 });
      }
      await fillAndExpectRight();
      await expectInStep(store, there.length);
    });
  });
}

function dayOf(n: number): string {
  return `2026-03-${String((n % 28) + 1).padStart(2, '0')} 10:00:00.000000`;
}

/** Numbers below another, which look random and are the same every time. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
