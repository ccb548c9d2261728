import { appendFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packedAs } from '../../../src/agent/files/packed.ts';
import { linesOf, numbered, Rig, SOON } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.make();
});
afterEach(async () => {
  await rig.remove();
});

const XZ = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04]);

describe('a file that is compressed', () => {
  it('by what is not unpacked here is left out, and that is said once', async () => {
    await writeFile(rig.path('app.log'), numbered(3));
    for (const name of ['app.log.2.xz', 'app.log.3.xz'])
      await writeFile(rig.path(name), Buffer.concat([XZ, Buffer.alloc(3_000, '\n')]));
    await rig.start([rig.path()]);
    await expect.poll(() => rig.rows.size, SOON).toBe(3);
    await writeFile(rig.path('later.log'), 'later\n');
    await expect.poll(() => rig.lines.at(-1), SOON).toBe('later');
    expect(rig.rows.size).toBe(4);
    expect(rig.notices).toEqual([
      expect.stringMatching(
        /^Files that are compressed by xz are not read, such as .*app\.log\.[23]\.xz: only gzip is unpacked\.$/,
      ),
    ]);
  });

  it('is gzip as soon as it begins so, and text of no single byte of it', async () => {
    const packed = gzipSync(numbered(20));
    await writeFile(rig.path('a.log'), packed.subarray(0, 1));
    await writeFile(rig.path('b.log'), 'b\n');
    const run = await rig.start([rig.path()]);
    await expect.poll(() => rig.lines, SOON).toEqual(['b']);
    expect(run.input.status().counters['files']).toBe(1);
    await appendFile(rig.path('a.log'), packed.subarray(1));
    await expect.poll(() => rig.rows.size, SOON).toBe(21);
    expect(rig.lines.filter((line) => line !== 'b')).toEqual(linesOf(numbered(20)));
  });

  it.each([
    ['a.xz', XZ, { by: 'xz' }],
    ['a.xz', XZ.subarray(0, 3), 'soon'],
    ['a.xz', Buffer.from('text'), undefined],
    ['a.log', XZ, undefined],
    ['a.log.2.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1]), { by: 'zstd' }],
    ['a.bz2', Buffer.from('BZh91AY'), { by: 'bzip2' }],
    ['a.gz', Buffer.from([0x1f, 0x8b, 8]), undefined],
    ['a.log', Buffer.from([0x1f]), 'soon'],
  ])('by its name %s and its first bytes %o', (name, head, form) => {
    expect(packedAs(`/var/log/${name}`, head)).toEqual(form);
  });
});
