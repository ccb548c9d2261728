import { appendFile, rename, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linesOf, numbered, Rig, SOON } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.make();
});
afterEach(async () => {
  await rig.remove();
});

describe('a file', () => {
  it('is read from its beginning, and on as it grows', async () => {
    await writeFile(rig.path('a.log'), numbered(3));
    await rig.start([rig.path('a.log')]);
    await expect.poll(() => rig.lines, SOON).toEqual(['line 1', 'line 2', 'line 3']);
    await appendFile(rig.path('a.log'), 'line 4\nhal');
    await expect.poll(() => rig.lines, SOON).toHaveLength(4);
    await appendFile(rig.path('a.log'), 'f\n');
    await expect.poll(() => rig.lines.at(-1), SOON).toBe('half');
    expect(rig.tags('half')).toEqual({ host: 'here', file: rig.path('a.log') });
  });

  it('goes on where it was confirmed', async () => {
    await writeFile(rig.path('a.log'), numbered(3));
    const first = await rig.start([rig.path('a.log')]);
    await expect.poll(() => rig.lines, SOON).toHaveLength(3);
    await first.stop();
    await appendFile(rig.path('a.log'), numbered(2, 4));
    const second = await rig.start([rig.path('a.log')]);
    await expect.poll(() => rig.lines, SOON).toHaveLength(5);
    expect(second.published).toBe(2);
    expect(rig.lines).toEqual(linesOf(numbered(5)));
  });

  it('is read again as it was, with the same times, after a kill', async () => {
    await writeFile(rig.path('a.log'), numbered(3_000));
    const first = await rig.start([rig.path('a.log')], { take: () => new Promise(() => {}) });
    await expect.poll(() => first.published, SOON).toBe(1_000);
    await first.kill();
    await rig.start([rig.path('a.log')]);
    await expect.poll(() => rig.lines.length, SOON).toBeGreaterThanOrEqual(3_000);
    expect(rig.lines).toEqual(linesOf(numbered(3_000)));
  });

  it('that is rotated away is read to its end', async () => {
    await writeFile(rig.path('a.log'), numbered(3));
    const first = await rig.start([rig.path('a.log')]);
    await expect.poll(() => rig.lines, SOON).toHaveLength(3);
    await first.kill();
    await appendFile(rig.path('a.log'), numbered(2, 4));
    await rename(rig.path('a.log'), rig.path('a.log.1'));
    await writeFile(rig.path('a.log'), numbered(2, 6));
    await rig.start([rig.path('a.log')]);
    await expect.poll(() => rig.lines, SOON).toHaveLength(7);
    expect(rig.lines).toEqual(linesOf(numbered(7)));
  });
});
