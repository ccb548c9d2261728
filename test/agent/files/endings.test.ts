import { appendFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenFiles } from '../../../src/agent/files/open-files.ts';
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

describe('a file that is deleted', () => {
  it('while it is read is read to its end, and then held open no longer', async () => {
    await writeFile(log, numbered(4_000));
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const run = await rig.start([log], { take: () => gate });
    await expect.poll(() => rig.rows.size, SOON).toBe(1_000);
    await rm(log);
    await expect.poll(() => run.input.status().counters['deleted_open_files'], SOON).toBe(1);
    go();
    await expect.poll(() => rig.rows.size, SOON).toBe(4_000);
    await expect.poll(() => run.input.status().counters['open_files'], SOON).toBe(0);
    expect(run.input.status().counters).toMatchObject({ deleted_open_files: 0, lost_bytes: 0 });
    expect(rig.notices).toEqual([]);
  });

  it.each([
    ['too many of them', { openFiles: new OpenFiles({ files: 100, deletedFiles: 1 }) }],
    ['too long', { timing: { deletedMs: 100 } }],
  ])('and not read to its end is given up when it would be %s, and that is said', async (_, options) => {
    const logs = ['a', 'b'].map((name) => rig.path(name));
    // More than is read at once.
    const text = 'x'.repeat(999).concat('\n').repeat(1_500);
    for (const path of logs) await writeFile(path, text);
    const run = await rig.start(logs, { ...options, take: () => new Promise(() => {}) });
    await expect.poll(() => run.input.status().counters['open_files'], SOON).toBe(2);
    await expect.poll(() => run.published, SOON).toBeGreaterThan(0);
    for (const path of logs) await rm(path);
    await expect.poll(() => rig.notices.length, SOON).toBeGreaterThan(0);
    expect(rig.notices[0]).toMatch(
      /^At least \d+ bytes of .*\/[ab] were not read: it was deleted, and held open for as long as may be\.$/,
    );
    expect(run.input.status().counters['lost_bytes']).toBeGreaterThan(0);
  });

  it('with what was not read of it, while nobody was there, has lost that: it is said', async () => {
    await writeFile(log, numbered(2_000));
    const run = await rig.start([log], { take: rig.takesOnly(1) });
    await expect.poll(() => rig.rows.size, SOON).toBe(2_000);
    await run.kill();
    await rm(log);
    const next = await rig.start([log]);
    await expect.poll(() => rig.notices, SOON).toHaveLength(1);
    const unread = Buffer.byteLength(numbered(1_000, 1_001));
    expect(rig.notices[0]).toContain(`At least ${unread} bytes of ${log} were not read`);
    expect(next.input.status().counters['lost_bytes']).toBe(unread);
  });

  it('with all its directory is found again when both are there', async () => {
    await writeFile(log, numbered(2));
    const run = await rig.start([rig.path('*.log')]);
    await expect.poll(() => rig.rows.size, SOON).toBe(2);
    await rm(rig.path(), { recursive: true });
    await expect.poll(() => run.input.status().counters['open_files'], SOON).toBe(0);
    await mkdir(rig.path());
    await writeFile(log, numbered(2, 3));
    await expect.poll(() => rig.rows.size, SOON).toBe(4);
  });
});

describe('the last event', () => {
  const TRACE = 'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: no\n';

  it('of several lines is handed over when nothing follows it', async () => {
    await writeFile(log, `one\n${TRACE}`);
    await rig.start([log], { read: { multiline: 'auto' } });
    await expect.poll(() => rig.lines, SOON).toEqual(['one', TRACE.trimEnd()]);
  });

  it('ends where it ended, when it is read again after a kill and more has come', async () => {
    await writeFile(log, 'one\nTraceback (most recent call last):\n');
    const read = { multiline: 'auto' };
    const run = await rig.start([log], { read, take: rig.takesOnly(0) });
    await expect.poll(() => rig.lines, SOON).toHaveLength(1);
    await run.kill();
    const second = await rig.start([log], { read, take: rig.takesOnly(1) });
    await expect.poll(() => rig.lines, SOON).toHaveLength(2);
    await second.kill();
    await appendFile(log, '  File "a.py", line 1\nValueError: no\ntwo\n');
    await rig.start([log], { read });
    await expect.poll(() => rig.lines.at(-1), SOON).toBe('two');
    expect(rig.lines.slice(0, 2)).toEqual(['one', 'Traceback (most recent call last):']);
  });
});

describe('reading once', () => {
  it('ends at the end, with a sum that adds up', async () => {
    await writeFile(rig.path('a.log'), 'one\n\ntwo\n');
    await writeFile(
      rig.path('b.csv'),
      `remotehost,rfc931,authuser,date,request,status,bytes\n::1,-,-,1793886300,GET /,200,1\n`,
    );
    await writeFile(rig.path('c.log.gz'), gzipSync('packed\nhalf'));
    const run = await rig.start([rig.path()], { once: true, read: { format: 'auto' } });
    await run.done;
    const sum = { lines: 0, read: 0, unparsed: 0, joined: 0, refused: 0, bytes: 0 };
    for (const { counts } of run.batches)
      for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += counts[name];
    expect(sum).toEqual({ lines: 7, read: 5, unparsed: 0, joined: 0, refused: 2, bytes: 9 + 84 + 11 });
    expect(rig.lines.toSorted()).toEqual(['::1,-,-,1793886300,GET /,200,1', 'half', 'one', 'packed', 'two']);
    expect(rig.tags('half')).not.toHaveProperty('unfinished');
    expect(run.input.status()).toMatchObject({ state: 'ended', bytesBehind: 0 });
  });

  it('goes on where it ended, and may go on with what was half a line', async () => {
    await writeFile(log, 'one\nha');
    const run = await rig.start([log], { once: true });
    await run.done;
    await run.stop();
    await appendFile(log, 'lf\ntwo\n');
    const next = await rig.start([log], { once: true });
    await next.done;
    expect(rig.lines).toEqual(['one', 'ha', 'lf', 'two']);
  });

  it('rejects if there is nothing', async () => {
    const run = await rig.start([log], { once: true });
    await expect(run.done).rejects.toMatchObject({
      code: 'INPUT',
      message: `Nothing can be read of ${log}: there is no such file.`,
    });
  });

  it.each(['off', 'auto'])(
    'ends though its writer never rests, at the end of a line: multiline %s',
    async (multiline) => {
      const writer = await open(log, 'a');
      let count = 0;
      let isWriting = true;
      const write = async () => {
        while (isWriting) await writer.write(numbered(50, (count += 50) - 49));
      };
      const writing = write();
      await expect.poll(() => count, SOON).toBeGreaterThan(1_000);
      // Whoever takes it is slower than its writer is.
      const run = await rig.start([log], {
        once: true,
        read: { multiline },
        take: () => new Promise((resolve) => setTimeout(resolve, 20)),
      });
      await run.done;
      isWriting = false;
      await writing;
      await writer.close();
      expect(rig.rows.size).toBeGreaterThanOrEqual(1_000);
      expect(rig.rows.size).toBeLessThan(count);
      expect(rig.lines).toEqual(linesOf(numbered(rig.rows.size)));
    },
  );

  it('reads what was rotated meanwhile', async () => {
    await writeFile(log, numbered(2_500));
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const run = await rig.start([log], { once: true, take: () => gate });
    await expect.poll(() => rig.rows.size, SOON).toBe(1_000);
    await rename(log, `${log}.1`);
    await writeFile(log, numbered(10, 2_501));
    go();
    await run.done;
    expect(rig.lines).toEqual(linesOf(numbered(2_510)));
  });
});

describe('a followed path', () => {
  it('may lead to nothing at first, to an empty file, and to a directory', async () => {
    const run = await rig.start([log]);
    await expect.poll(() => run.input.status().reason, SOON).toBe('there is no file yet, or all are empty');
    await writeFile(log, '');
    await appendFile(log, 'one\n');
    await expect.poll(() => rig.lines, SOON).toEqual(['one']);
    await rm(log);
    await mkdir(log);
    await writeFile(`${log}/inside`, 'two\n');
    await expect.poll(() => rig.lines, SOON).toEqual(['one', 'two']);
  });

  it.each([
    ['is cut', (packed: Buffer) => packed.subarray(0, -20), 'it is compressed, and was cut'],
    [
      'has other bytes than it should',
      (packed: Buffer) => packed.fill(0, packed.length - 8),
      'incorrect data check',
    ],
  ])(
    'that leads to a compressed file which %s says so, and has what could be unpacked',
    async (_, spoil, why) => {
      await writeFile(rig.path('a.gz'), spoil(gzipSync(numbered(60_000))));
      const run = await rig.start([rig.path()]);
      await expect.poll(() => run.input.status().reason, SOON).toBe(`${rig.path('a.gz')}: ${why}`);
      expect(run.input.status().state).toBe('failing');
      expect(rig.rows.size).toBeGreaterThan(1_000);
      await writeFile(log, 'one\n');
      await expect.poll(() => rig.lines.at(-1), SOON).toBe('one');
    },
  );
});
