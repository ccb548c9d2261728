import { mkdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Watches } from '../../../src/agent/files/watches.ts';
import { Rig, SOON } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.make();
});
afterEach(async () => {
  await rig.remove();
});

describe('a directory that is watched', () => {
  it('tells of its files, also when it was removed and made again', async () => {
    const hints: (string | undefined)[] = [];
    const watches = new Watches(({ name }) => hints.push(name));
    await watches.keep(new Set([rig.path()]));
    expect(watches.count).toBe(1);
    await writeFile(rig.path('a.log'), '');
    await expect.poll(() => hints, SOON).toContain('a.log');
    await rm(rig.path(), { recursive: true });
    await mkdir(rig.path());
    await watches.keep(new Set([rig.path()]));
    await writeFile(rig.path('b.log'), '');
    await expect.poll(() => hints, SOON).toContain('b.log');
    await watches.keep(new Set());
    expect(watches.count).toBe(0);
    expect(watches.problem).toBeUndefined();
    watches.close();
  });

  it.each(['ENOSPC', 'EMFILE'])('as one too many for the system (%s) is said to be none', async (code) => {
    const watches = new Watches(
      () => {},
      () => {
        throw Object.assign(new Error('too many'), { code });
      },
    );
    await watches.keep(new Set([rig.path()]));
    expect(watches.count).toBe(0);
    expect(watches.problem).toMatch(/^The system has no more watches for us \(fs\.inotify\.max_user_watches/);
    watches.close();
  });
});
