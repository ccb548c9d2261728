import { appendFile, open, truncate, writeFile } from 'node:fs/promises';
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

describe('a file that is laid out with NULs before it is written', () => {
  it.each([
    ['less than is read at once', 100_000],
    ['more', 3_000_000],
  ])('has each line once, as they are written into it: %s', async (_, size) => {
    const file = await open(log, 'w');
    await file.truncate(size);
    let run = await rig.start([log]);
    let at = 0;
    for (let count = 1; count <= 12; count += 1) {
      const text = numbered(1, count);
      // In two writes: half a line waits for its end.
      for (const part of [text.slice(0, 3), text.slice(3)]) {
        await file.write(part, at);
        at += part.length;
      }
      await expect.poll(() => rig.rows.size, SOON).toBe(count);
      if (count % 4 === 0) {
        await run.kill();
        run = await rig.start([log]);
      }
    }
    await file.close();
    await expect.poll(() => run.input.status().bytesBehind, SOON).toBe(0);
    await run.stop();
    expect(rig.lines).toEqual(linesOf(numbered(12)));
    expect(run.input.status().counters).toMatchObject({ truncated: 0, skipped_bytes: 0 });
  });

  it('has them to the end, if it is read once', async () => {
    await writeFile(log, numbered(3));
    await truncate(log, 1_000_000);
    const run = await rig.start([log], { once: true });
    await run.done;
    expect(rig.lines).toEqual(linesOf(numbered(3)));
    expect(run.input.status()).toMatchObject({ bytesBehind: 0 });
  });
});

describe('NULs that a crash has left', () => {
  it.each(['\n', ''])('end the line before them (%j), once something stands behind them', async (end) => {
    await writeFile(log, `line 1\nline 2${end}`);
    const run = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(end === '' ? 1 : 2);
    await truncate(log, 700_000);
    await expect.poll(() => run.input.status().bytesTotal, SOON).toBe(700_000);
    await appendFile(log, 'line 3\n');
    await expect.poll(() => rig.lines, SOON).toEqual(['line 1', 'line 2', 'line 3']);
    const { size } = await (await open(log)).stat();
    expect(run.input.status().counters).toMatchObject({ skipped_bytes: size - 21 - (end === '' ? -1 : 0) });
  });

  it('are left out of a line of UTF-16, whose last character is whole', async () => {
    const bytes = (text: string) => Buffer.from(text, 'utf16le');
    await writeFile(log, bytes('\ufeffone\ntwo'));
    await rig.start([log]);
    await expect.poll(() => rig.lines, SOON).toEqual(['one']);
    await truncate(log, 5_000);
    await appendFile(log, bytes('three\n'));
    await expect.poll(() => rig.lines, SOON).toEqual(['one', 'two', 'three']);
  });
});
