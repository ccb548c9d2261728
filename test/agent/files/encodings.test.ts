import { appendFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rig, SOON } from './rig.ts';

let rig: Rig;
let log: string;
beforeEach(async () => {
  rig = await Rig.make();
  log = rig.path('app.log');
});
afterEach(async () => {
  await rig.remove();
});

const BOM = '\ufeff';

describe('a file that is written byte by byte while its reader is killed', () => {
  it.each([
    ['UTF-8 with a byte order mark', Buffer.from(`${BOM}naïve\r\n日本\nlast\n`)],
    ['UTF-16', Buffer.from(`${BOM}naïve\r\n日本\nlast\n`, 'utf16le')],
    ['UTF-16, its higher bytes first', Buffer.from(`${BOM}naïve\r\n日本\nlast\n`, 'utf16le').swap16()],
  ])('in %s has each line once', async (_, bytes) => {
    await writeFile(log, '');
    for (let at = 0; at < bytes.length; at += 5) {
      await appendFile(log, bytes.subarray(at, at + 5));
      const run = await rig.start([log], { timing: { lookMs: 5 } });
      await expect
        .poll(() => run.input.status().bytesBehind === 0 && run.input.status().bytesTotal, SOON)
        .toBe(Math.min(bytes.length, at + 5));
      if (at % 2 === 0) await run.kill();
      else await run.stop();
    }
    await rig.start([log]);
    await expect.poll(() => rig.lines, SOON).toEqual(['naïve', '日本', 'last']);
  });

  it.each([
    ['UTF-8', 'utf8'],
    ['UTF-16', 'utf16le'],
  ] as const)(
    'that is put together of others in %s has their lines without their marks',
    async (_, encoding) => {
      const part = (name: string) =>
        `${BOM}2026-11-25T14:00:00Z ${name} one\r\n2026-11-25T14:00:01Z ${name} two\r\n`;
      await writeFile(log, Buffer.from(part('a') + part('b') + part('c'), encoding));
      await rig.start([log]);
      await expect.poll(() => rig.rows.size, SOON).toBe(6);
      const times = [...rig.rows.values()].map(
        ({ timestamp, payload }) => `${timestamp} ${payload.slice(21)}`,
      );
      expect(times.toSorted().map((line) => line.slice(17))).toEqual(
        ['00', '01'].flatMap((second) =>
          ['a', 'b', 'c'].map((name) => `${second}.000000 ${name} ${second === '00' ? 'one' : 'two'}`),
        ),
      );
    },
  );

  it('with bytes that are no text keeps them beside it', async () => {
    await writeFile(log, Buffer.from([0x61, 0xff, 0x0a]));
    await rig.start([log]);
    await expect.poll(() => rig.lines, SOON).toEqual(['a\ufffd']);
    expect(rig.tags('a\ufffd')).toMatchObject({ raw_base64: 'Yf8=' });
  });

  it('with a line of several megabytes has it in pieces, once and of one time', async () => {
    await writeFile(log, 'x'.repeat(2_500_000));
    const run = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(2);
    await run.kill();
    await appendFile(log, 'y\nlast\n');
    await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(4);
    expect(rig.lines.map((line) => line.length)).toEqual([1_048_576, 1_048_576, 402_849, 4]);
  });
});
