import {
  appendFile,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
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

/** As gzip does it: the time of the original, which goes when the other is whole. */
async function compress(path: string): Promise<void> {
  const { atime, mtime } = await stat(path);
  await writeFile(`${path}.gz`, gzipSync(await readFile(path)));
  await utimes(`${path}.gz`, atime, mtime);
  await rm(path);
}

describe('a log that is rotated', () => {
  it.each([
    ['as it is named', () => [log]],
    ['by a pattern that its old files fit, too', () => [`${log}*`]],
    ['by its directory', () => [rig.path()]],
  ])('is read %s, each line once, however fast it is', async (_, paths) => {
    await writeFile(log, numbered(3));
    const run = await rig.start(paths());
    await expect.poll(() => rig.rows.size, SOON).toBe(3);
    for (let count = 1; count <= 30; count += 1) {
      for (let old = count - 1; old > 0; old -= 1) await rename(`${log}.${old}`, `${log}.${old + 1}`);
      await rename(log, `${log}.1`);
      await writeFile(log, numbered(3, count * 3 + 1));
    }
    await expect.poll(() => rig.rows.size, SOON).toBe(93);
    await run.stop();
    expect(rig.lines.toSorted()).toEqual(linesOf(numbered(93)).toSorted());
    expect(rig.notices).toEqual([]);
  });

  it('while nobody reads it, several times, is read from where that ended', async () => {
    await writeFile(log, numbered(400));
    const run = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(400);
    await run.stop();
    await appendFile(log, numbered(100, 401));
    await rename(log, `${log}.3`);
    await writeFile(`${log}.2`, numbered(100, 501));
    await compress(`${log}.2`);
    await writeFile(`${log}.1`, numbered(100, 601));
    await writeFile(log, numbered(100, 701));
    const next = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(800);
    await next.stop();
    expect(next.published).toBe(400);
    expect(rig.lines.toSorted()).toEqual(linesOf(numbered(800)).toSorted());
    expect(new Set([...rig.rows.values()].map(({ tags }) => tags))).toEqual(
      new Set([JSON.stringify({ file: log, host: 'here' })]),
    );
  });

  it('before anybody read it has old files that are not read', async () => {
    await writeFile(`${log}.1`, numbered(3));
    await utimes(`${log}.1`, new Date(0), new Date(0));
    await writeFile(log, numbered(3, 4));
    const run = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(3);
    await rename(`${log}.1`, `${log}.2`);
    await rename(log, `${log}.1`);
    await writeFile(log, numbered(1, 7));
    await expect.poll(() => rig.rows.size, SOON).toBe(4);
    await run.stop();
    expect(rig.lines).toEqual(linesOf(numbered(4, 4)));
  });

  it('and compressed is not read again', async () => {
    await writeFile(log, numbered(400));
    const run = await rig.start([`${log}*`]);
    await expect.poll(() => rig.rows.size, SOON).toBe(400);
    await rename(log, `${log}.1`);
    await writeFile(log, numbered(1, 401));
    await compress(`${log}.1`);
    await expect.poll(() => rig.rows.size, SOON).toBe(401);
    await run.stop();
    const next = await rig.start([`${log}*`]);
    await appendFile(log, numbered(1, 402));
    await expect.poll(() => rig.rows.size, SOON).toBe(402);
    await next.stop();
    expect(next.published).toBe(1);
    expect(run.published).toBe(401);
  });

  it('and compressed before it was read to its end is read on', async () => {
    await writeFile(log, numbered(3_000));
    const run = await rig.start([log], { take: rig.takesOnly(1) });
    await expect.poll(() => rig.rows.size, SOON).toBe(2_000);
    await run.kill();
    await rename(log, `${log}.1`);
    await writeFile(log, numbered(1, 3_001));
    await compress(`${log}.1`);
    const next = await rig.start([log]);
    await expect.poll(() => new Set(rig.lines).size, SOON).toBe(3_001);
    await next.stop();
    expect(next.published).toBe(2_001);
    expect(rig.lines.toSorted()).toEqual(linesOf(numbered(3_001)).toSorted());
  });

  it('in the midst of a line has the rest of it where its writer goes on', async () => {
    const writer = await open(log, 'a');
    await writer.write('one\nha');
    await rig.start([log]);
    await expect.poll(() => rig.lines, SOON).toEqual(['one']);
    await rename(log, `${log}.1`);
    await writer.write('lf\n');
    await writer.close();
    await writeFile(log, 'three\n');
    await expect.poll(() => rig.lines, SOON).toEqual(['one', 'half', 'three']);
    expect(rig.tags('half')).not.toHaveProperty('unfinished');
  });

  it('and never finished has its half line, tagged, and after a kill the same', async () => {
    await writeFile(log, 'one\nha');
    const run = await rig.start([log]);
    await expect.poll(() => rig.lines, SOON).toEqual(['one']);
    await rename(log, `${log}.1`);
    await writeFile(log, 'three\n');
    await expect.poll(() => rig.lines.toSorted(), SOON).toEqual(['ha', 'one', 'three']);
    expect(rig.tags('ha')).toMatchObject({ unfinished: true });
    await run.kill();
    await appendFile(log, 'four\n');
    await rig.start([log]);
    await expect.poll(() => rig.lines.toSorted(), SOON).toEqual(['four', 'ha', 'one', 'three']);
  });

  it('by a symbolic link that leads elsewhere is read to its end, and by who begins anew, too', async () => {
    const [first, second] = [rig.path('first'), rig.path('second')];
    await writeFile(first, numbered(2));
    await writeFile(second, numbered(2, 11));
    await symlink('first', log);
    const run = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(2);
    await symlink('second', rig.path('next'));
    await rename(rig.path('next'), log);
    await expect.poll(() => rig.rows.size, SOON).toBe(4);
    await appendFile(first, numbered(1, 3));
    await expect.poll(() => rig.rows.size, SOON).toBe(5);
    await run.kill();
    await appendFile(first, numbered(1, 4));
    await appendFile(second, numbered(1, 13));
    await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(7);
    expect(rig.lines.toSorted()).toEqual(linesOf(numbered(4) + numbered(3, 11)).toSorted());
  });

  it('where a link leads, while nobody reads it, is read from where that ended: kubelet does so', async () => {
    await mkdir(rig.path('pods'));
    const pod = rig.path('pods', '0.log');
    const link = rig.path('app_default_main.log');
    await symlink(pod, link);
    await writeFile(pod, numbered(400));
    const run = await rig.start([rig.path('*.log')]);
    await expect.poll(() => rig.rows.size, SOON).toBe(400);
    await run.stop();
    await appendFile(pod, numbered(10, 401));
    await rename(pod, `${pod}.20261125-140000`);
    await compress(`${pod}.20261125-140000`);
    await writeFile(`${pod}.20261125-150000`, numbered(10, 411));
    await writeFile(pod, numbered(10, 421));
    const next = await rig.start([rig.path('*.log')]);
    await expect.poll(() => new Set(rig.lines).size, SOON).toBe(430);
    await next.stop();
    expect(rig.lines.toSorted()).toEqual(linesOf(numbered(430)).toSorted());
    expect(next.published).toBe(30);
    expect(rig.notices).toEqual([]);
  });
});
