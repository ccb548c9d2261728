import { appendFile, mkdir, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linesOf, numbered, Rig, SOON } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.make();
});
afterEach(async () => {
  await rig.remove();
});

/** Makes a path lead to what cannot be looked at: the system says neither that it is there nor that it is not. */
async function takeAway(path: string): Promise<void> {
  await symlink('n'.repeat(300), `${path}.next`);
  await rename(`${path}.next`, path);
}

async function bringBack(path: string, target: string): Promise<void> {
  await symlink(target, `${path}.next`);
  await rename(`${path}.next`, path);
}

describe('a directory that cannot be looked at for a while', () => {
  it.each([
    ['its files are', (mount: string) => [mount]],
    ['a pattern of it is', (mount: string) => [`${mount}/*.log`]],
  ])('has the same files afterwards, if %s named', async (_, paths) => {
    await mkdir(rig.path('disk'));
    const [mount, log] = [rig.path('mount'), rig.path('disk', 'app.log')];
    await symlink('disk', mount);
    await writeFile(log, numbered(3));
    const run = await rig.start(paths(mount), { timing: { missingMs: 50, restMs: 50, flushMs: 20 } });
    await expect.poll(() => rig.rows.size, SOON).toBe(3);
    await takeAway(mount);
    await expect.poll(() => run.input.status().state, SOON).toBe('failing');
    expect(run.input.status().reason).toContain(mount);
    await appendFile(log, numbered(2, 4));
    await bringBack(mount, 'disk');
    await expect.poll(() => run.input.status().state, SOON).not.toBe('failing');
    await expect.poll(() => rig.rows.size, SOON).toBe(5);
    expect(rig.lines).toEqual(linesOf(numbered(5)));
    expect(run.input.status().counters).toMatchObject({ reopened: 0, lost_bytes: 0, files: 1 });
    expect(rig.notices).toEqual([]);
  });
});

describe('what cannot be opened or read', () => {
  it('is said for as long as it is there, and no longer', async () => {
    // A file that may be opened, and of which nothing can be read.
    await symlink('/proc/self/mem', rig.path('broken.log'));
    await writeFile(rig.path('app.log'), numbered(2));
    const run = await rig.start([rig.path()]);
    await expect.poll(() => rig.rows.size, SOON).toBe(2);
    await expect.poll(() => run.input.status().reason, SOON).toContain(`${rig.path('broken.log')}: `);
    await unlink(rig.path('broken.log'));
    await expect.poll(() => run.input.status().state, SOON).toBe('waiting');
  });
});
