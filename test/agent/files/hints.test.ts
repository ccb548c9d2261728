import { appendFile, copyFile, mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linesOf, numbered, Rig, SOON } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.make();
});
afterEach(async () => {
  await rig.remove();
});

/** Nothing is looked at by itself while a test runs. */
const NEVER_MS = 3_600_000;
const TOLD = { lookMs: NEVER_MS, watchedLookMs: NEVER_MS, unwatchedLookMs: NEVER_MS };

describe('what the system tells of is seen at once', () => {
  it.each([
    ['a file in a directory', 'app.log', 'app.log'],
    ['one that a pattern finds', '*.log', 'app.log'],
    ['one in a directory that a pattern finds', '*/app.log', 'sub/app.log'],
    ['one below directories', '**/app.log', 'sub/deep/app.log'],
  ])('of %s that grows, and is rotated', async (_, pattern, name) => {
    const log = rig.path(name);
    await mkdir(rig.path('sub', 'deep'), { recursive: true });
    await writeFile(log, numbered(2));
    const run = await rig.start([rig.path(pattern)], { timing: TOLD });
    await expect.poll(() => rig.rows.size, SOON).toBe(2);
    await expect.poll(() => run.input.status().counters['watches'], SOON).toBeGreaterThan(0);
    await appendFile(log, numbered(1, 3));
    await expect.poll(() => rig.rows.size, SOON).toBe(3);
    await rename(log, `${log}.1`);
    await writeFile(log, numbered(1, 4));
    await expect.poll(() => rig.rows.size, SOON).toBe(4);
    expect(rig.lines).toEqual(linesOf(numbered(4)));
  });

  it('of a file that a link leads to, elsewhere, also when that is rotated', async () => {
    await mkdir(rig.path('links'));
    await mkdir(rig.path('pods'));
    const pod = rig.path('pods', '0.log');
    await writeFile(pod, numbered(2));
    await symlink(pod, rig.path('links', 'a.log'));
    const run = await rig.start([rig.path('links')], { timing: TOLD });
    await expect.poll(() => run.input.status().counters['watches'], SOON).toBe(2);
    await expect.poll(() => rig.rows.size, SOON).toBe(2);
    await appendFile(pod, numbered(1, 3));
    await expect.poll(() => rig.rows.size, SOON).toBe(3);
    await rename(pod, `${pod}.20261125-140000`);
    await writeFile(pod, numbered(1, 4));
    await expect.poll(() => rig.rows.size, SOON).toBe(4);
    await rm(rig.path('links', 'a.log'));
    await expect.poll(() => run.input.status().counters['watches'], SOON).toBe(1);
  });

  it.each([
    ['a path', 'made/later/app.log'],
    ['a pattern', 'made/later/*.log'],
    ['a pattern before', 'mad*/later/app.log'],
  ])('of directories that are made later, by %s', async (_, pattern) => {
    const run = await rig.start([rig.path(pattern)], { timing: TOLD });
    await expect.poll(() => run.input.status().counters['watches'], SOON).toBe(1);
    await mkdir(rig.path('made', 'later'), { recursive: true });
    await writeFile(rig.path('made', 'later', 'app.log'), 'one\n');
    await expect.poll(() => rig.lines, SOON).toEqual(['one']);
  });
});

describe('without being told, as on a network file system', () => {
  const NO_WATCHES = {
    watch: () => {
      throw Object.assign(new Error('no watches'), { code: 'ENOSPC' });
    },
  };

  it('everything is found by looking: what grows, what is new, rotated, truncated', async () => {
    const log = rig.path('app.log');
    await writeFile(log, numbered(2));
    const run = await rig.start([rig.path('*.log')], { ...NO_WATCHES, timing: { watchedLookMs: NEVER_MS } });
    await expect.poll(() => rig.rows.size, SOON).toBe(2);
    expect(run.input.status().counters['watches']).toBe(0);
    await expect.poll(() => run.input.status().reason, SOON).toContain('has no more watches');
    await appendFile(log, numbered(1, 3));
    await expect.poll(() => rig.rows.size, SOON).toBe(3);
    await writeFile(rig.path('new.log'), 'new\n');
    await expect.poll(() => rig.rows.size, SOON).toBe(4);
    await appendFile(log, numbered(1, 4));
    await rename(log, `${log}.1`);
    await writeFile(log, numbered(200, 5));
    await expect.poll(() => rig.rows.size, SOON).toBe(205);
    await appendFile(log, numbered(1, 205));
    await copyFile(log, `${log}.2`);
    await truncate(log);
    await appendFile(log, numbered(1, 206));
    await expect.poll(() => rig.rows.size, SOON).toBe(207);
    expect(rig.lines.filter((line) => line !== 'new').toSorted()).toEqual(linesOf(numbered(206)).toSorted());
    expect(rig.notices).toHaveLength(1);
  });
});
