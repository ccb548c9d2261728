import { appendFile, copyFile, open, truncate, writeFile } from 'node:fs/promises';
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

async function copyAndTruncate(): Promise<void> {
  await copyFile(log, `${log}.1`);
  await truncate(log);
}

describe('a file that is truncated', () => {
  it.each([
    ['its path', () => [log]],
    ['a pattern that its copy fits, too', () => [`${log}*`]],
  ])('after it was copied is read on in the copy, and then anew, by %s', async (_, paths) => {
    await writeFile(log, numbered(100));
    const run = await rig.start(paths());
    await expect.poll(() => rig.rows.size, SOON).toBe(100);
    await appendFile(log, numbered(100, 101));
    await copyAndTruncate();
    await appendFile(log, numbered(10, 201));
    await expect.poll(() => rig.rows.size, SOON).toBe(210);
    expect(rig.lines.toSorted()).toEqual(linesOf(numbered(210)).toSorted());
    await run.stop();
    expect(rig.notices).toEqual([]);
    expect(run.input.status().counters['truncated']).toBe(1);
  });

  it('while nobody reads it, and is longer again than it was, is read from its beginning', async () => {
    await writeFile(log, numbered(50));
    const run = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(50);
    await run.stop();
    await appendFile(log, numbered(50, 51));
    await copyAndTruncate();
    await appendFile(log, numbered(400, 101));
    await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(500);
    expect(rig.lines.toSorted()).toEqual(linesOf(numbered(500)).toSorted());
    expect(rig.notices).toEqual([]);
  });

  it('in the midst of a line that goes on in the copy has that line whole', async () => {
    await writeFile(log, 'one\nha');
    await rig.start([log]);
    await expect.poll(() => rig.lines, SOON).toEqual(['one']);
    await appendFile(log, 'lf\n');
    await copyAndTruncate();
    await expect.poll(() => rig.lines, SOON).toEqual(['one', 'half']);
  });

  it('and written anew at once, longer than before and with the same first bytes, is read anew', async () => {
    const head = `${'h'.repeat(3_000)}\n`;
    await writeFile(log, head + numbered(20));
    await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(21);
    const file = await open(log, 'r+');
    await file.truncate();
    await file.write(head + numbered(100, 21));
    await file.close();
    await expect.poll(() => rig.rows.size, SOON).toBe(122);
    expect(rig.lines.filter((line) => line.startsWith('line'))).toEqual(linesOf(numbered(120)));
  });

  it('and written on behind a hole of 100 MB has what is behind the hole', async () => {
    const writer = await open(log, 'w');
    await writer.write(numbered(2));
    const run = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(2);
    await writer.truncate();
    await writer.write(numbered(2, 3), 100 * 1024 * 1024);
    await writer.close();
    await expect.poll(() => rig.rows.size, SOON).toBe(4);
    expect(rig.lines).toEqual(linesOf(numbered(4)));
    expect(run.input.status().counters['skipped_bytes']).toBe(100 * 1024 * 1024);
  });

  it('and no copy is found has lost what was not read: that is said, with how much is known of it', async () => {
    await writeFile(log, numbered(3_000));
    const run = await rig.start([log], { take: rig.takesOnly(0) });
    await expect.poll(() => rig.rows.size, SOON).toBe(1_000);
    await run.kill();
    const text = numbered(3_000);
    await writeFile(log, 'new\n');
    await rig.start([log]);
    await expect.poll(() => rig.notices, SOON).toHaveLength(1);
    expect(rig.notices).toEqual([
      `At least ${Buffer.byteLength(text)} bytes of ${log} were not read: it was removed or truncated, and no copy of it was found.`,
    ]);
    expect(rig.lines.at(-1)).toBe('new');
  });
});
