import { appendFile, copyFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linesOf, numbered, Rig, SOON } from './rig.ts';

let rig: Rig;
let log: string;
beforeEach(async () => {
  rig = await Rig.make();
  log = rig.path('app.log');
});
afterEach(async () => {
  await rig.remove();
});

const TIMING = { restMs: 200, flushMs: 100 };

/** Follows the log by its name, and all of its directory by another input. */
async function startBoth() {
  const named = await rig.start([log], { timing: TIMING });
  await expect.poll(() => named.input.status().counters['files'], SOON).toBe(1);
  const all = await rig.startBeside(named, [rig.path()], { name: 'all', timing: TIMING });
  return { named, all };
}

/** What the directory's input reads behind everything that happened before. */
async function seesWhatIsNew(rows: number): Promise<void> {
  await writeFile(rig.path('other.log'), 'other\n');
  await expect.poll(() => rig.lines, SOON).toContain('other');
  await expect.poll(() => rig.rows.size, SOON).toBe(rows + 1);
}

describe('a log that one input has by its name, and another one by its directory', () => {
  it('is not read again by the other when it was rotated away and its reader has done with it', async () => {
    await writeFile(log, numbered(400));
    const { named, all } = await startBoth();
    await expect.poll(() => rig.rows.size, SOON).toBe(400);
    await rename(log, `${log}.1`);
    await writeFile(log, numbered(10, 401));
    await expect.poll(() => rig.rows.size, SOON).toBe(410);
    // The old one is closed.
    await expect.poll(() => named.input.status().counters['files'], SOON).toBe(1);
    await seesWhatIsNew(410);
    await rename(`${log}.1`, `${log}.2`);
    await expect.poll(() => all.input.status().counters['copies'], SOON).toBeGreaterThan(0);
    expect(all.published).toBe(1);
    expect(rig.notices).toEqual([]);
  });

  it.each([
    [
      'copied and truncated',
      async () => {
        await copyFile(log, `${log}.1`);
        await truncate(log);
      },
    ],
    [
      'compressed at once',
      async () => {
        await rename(log, `${log}.1`);
        await writeFile(`${log}.1.gz`, gzipSync(await readFile(`${log}.1`)));
        await rm(`${log}.1`);
      },
    ],
  ])('and is %s, is read once', async (_, rotate) => {
    await writeFile(log, numbered(400));
    const { all } = await startBoth();
    await expect.poll(() => rig.rows.size, SOON).toBe(400);
    await appendFile(log, numbered(10, 401));
    await rotate();
    await writeFile(log, numbered(10, 411));
    await expect.poll(() => rig.rows.size, SOON).toBe(420);
    await seesWhatIsNew(420);
    expect(all.published).toBe(1);
    expect(rig.lines.filter((line) => line !== 'other').toSorted()).toEqual(
      linesOf(numbered(420)).toSorted(),
    );
  });

  it('was compressed while nobody read it, and is read on by an input of another name', async () => {
    await writeFile(log, numbered(400));
    const first = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(400);
    await first.stop();
    await appendFile(log, numbered(10, 401));
    await writeFile(`${log}.1.gz`, gzipSync(await readFile(log)));
    await rm(log);
    await writeFile(log, numbered(10, 411));
    const next = await rig.start([`${log}*`], { name: 'another' });
    await expect.poll(() => new Set(rig.lines).size, SOON).toBe(420);
    await next.stop();
    expect(next.published).toBe(20);
  });
});
