import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { lmsProcess, MAIN, type RunningLms, startLms } from '../cli/lms.ts';
import { type EarlierRelease, earlierRelease } from '../support/earlier-release.ts';
import { ids, sampleMessage } from '../support/samples.ts';
import { openSystemOn } from '../support/worker-system.ts';

/** The release before this one; `earlier-release.test.ts` has workers of older ones on the newest tables. */
const COMMIT = 'eb9301bd48ba4b1f6187c4e2dcb931e822549da6';
const VERSION = 3;
const PATIENCE = { timeout: 20_000, interval: 20 };
const AT_ONCE = 25;
const AHEAD = 100;

describe('tables of the release before this one', () => {
  let release: EarlierRelease;

  beforeAll(async () => {
    release = await earlierRelease(COMMIT);
  });
  afterAll(() => release[Symbol.asyncDispose]());

  it('are brought up to date under a worker that writes all the time, and by the side of a new one, without a loss', async () => {
    const system = await openSystemOn(inject('emulatorHost'), async ({ DATABASE_URL }) => {
      const made = await startLms(['migrate', 'up'], { DATABASE_URL }, release.main).ended;
      expect(made.stdout).toContain(`version ${String(VERSION)}`);
    });
    const start = (main: string): RunningLms => {
      const mon = startLms(['mon', '--no-create', '--flush-interval', '0.05'], system.env, main);
      onTestFinished(async () => {
        await mon.stop('SIGKILL');
      });
      return mon;
    };
    const rows = async () => (await system.store.totals()).rows;
    const published: string[] = [];
    const isOver = new AbortController();
    const publishing = (async () => {
      while (!isOver.signal.aborted) {
        const next = ids(`event-${String(published.length)}-`, AT_ONCE);
        // Each twice: it has to find its own rows again, whatever the tables are by then.
        await system.publish([...next, ...next].map((id) => sampleMessage(id)));
        published.push(...next);
        // What is published faster than it is stored would only have to be waited for at the end.
        await vi.waitFor(async () => {
          expect(await rows()).toBeGreaterThan(published.length - AHEAD);
        }, PATIENCE);
      }
    })();
    // Whoever waits for it hears of its failure.
    publishing.catch(() => undefined);
    /** Until so many more are stored, in several transactions. */
    const goOn = async (more: number) => {
      const before = await rows();
      await vi.waitFor(async () => {
        expect(await rows()).toBeGreaterThan(before + more);
      }, PATIENCE);
    };

    const old = start(release.main);
    await goOn(60);
    const migrated = await lmsProcess(['migrate', 'up'], system.env);
    expect(migrated).toMatchObject({ status: 0, stderr: '' });
    expect((await system.store.schemaStatus()).pending).toEqual([]);
    await goOn(60);
    const fresh = start(MAIN);
    await goOn(60);
    const outcomes = [await old.stop()];
    await goOn(60);
    isOver.abort();
    await publishing;
    await vi.waitFor(async () => {
      expect(await rows()).toBe(published.length);
    }, PATIENCE);
    outcomes.push(await fresh.stop());

    for (const { status, stdout } of outcomes) {
      expect(status).toBe(0);
      expect(stdout).toMatch(/ = [1-9][\d,]* stored \+ [\d,]+ duplicates? \+ 0 dead-lettered \+ 0 released/);
    }
    expect((await system.storedIds()).toSorted()).toEqual(published.toSorted());
    const { length } = published;
    // The old worker wrote past the sums of counts: nobody used them until they are filled.
    expect(await system.store.rollupsInUse()).toBe(false);
    expect(await system.store.fillRollups()).toMatchObject({ inUse: true });
    expect(await system.store.verify()).toMatchObject({
      agree: true,
      rollups: { inUse: true, wrong: 0 },
      total: { rows: length, counted: length },
    });
  });
});
