import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { requireSchema } from '../../src/store/schema.ts';
import { startLms } from '../cli/lms.ts';
import { type EarlierRelease, earlierRelease } from '../support/earlier-release.ts';
import { ids, sampleMessage } from '../support/samples.ts';
import { openSystem } from '../support/worker-system.ts';

/** Commits whose schema has these versions; programs of version 1 know `lms_migrations` alone. */
const RELEASES = [
  [1, '54eae9e127cfe5bc5ab8f6514ae45d462da163a3'],
  [2, '5cc75278379ee2b263094719f1a0f5a127709aef'],
] as const;
const PATIENCE = { timeout: 30_000, interval: 50 };

describe.each(RELEASES)('a worker of schema version %i on the newest tables', (version, commit) => {
  let release: EarlierRelease;

  beforeAll(async () => {
    release = await earlierRelease(commit);
  });
  afterAll(() => release[Symbol.asyncDispose]());

  it.each([
    ['that looks at them', ['--no-create']],
    ['that would create them', []],
  ])('%s starts and stores, and all counts agree', async (_, flags) => {
    const system = await openSystem(inject('emulatorHost'));
    const before = await system.store.schemaStatus();
    expect(before.current).toBeGreaterThan(version);

    const mon = startLms(
      ['mon', ...flags],
      { ...system.env, METADATA_SERVER_DETECTION: 'none' },
      release.main,
    );
    onTestFinished(async () => {
      await mon.stop();
    });
    // Each twice: it has to find its own rows again.
    await system.publish([...ids('event-', 700), ...ids('event-', 700)].map((id) => sampleMessage(id)));
    await vi.waitFor(async () => {
      expect(await system.store.totals()).toEqual({ rows: 700 });
    }, PATIENCE);

    const { status, stdout } = await mon.stop();
    expect(status).toBe(0);
    expect(stdout).toMatch(/ = 700 stored \+ [1-9]\d* duplicates? \+ 0 dead-lettered \+ 0 released/);
    expect(await system.store.verify()).toMatchObject({ agree: true, total: { rows: 700, counted: 700 } });
    expect(await system.store.schemaStatus()).toEqual(before);
    await requireSchema(system.store);
  });
});
