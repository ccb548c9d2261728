import { spawn } from 'node:child_process';
import { appendFile, chmod, chown, mkdir, rename, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenFiles } from '../../../src/agent/files/open-files.ts';
import { openFilesLimit } from '../../../src/agent/files/open-files-limit.ts';
import { FILE_TIMING } from '../../../src/agent/files/timing.ts';
import { numbered, Rig, SOON } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.make();
});
afterEach(async () => {
  await rig.remove();
});

describe('files that are more than may be open at once', () => {
  it('are all read, and followed, by who has few open at a time', async () => {
    const paths = Array.from({ length: 60 }, (_, number) => rig.path(`${number}.log`));
    for (const path of paths) await writeFile(path, numbered(10));
    const run = await rig.start([rig.path()], { openFiles: new OpenFiles({ files: 5, deletedFiles: 1 }) });
    let most = 0;
    const open = () => {
      most = Math.max(most, run.input.status().counters['open_files'] ?? 0);
      return rig.rows.size;
    };
    await expect.poll(open, SOON).toBe(600);
    for (const path of paths) await appendFile(path, numbered(1, 11));
    await expect.poll(open, SOON).toBe(660);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(5);
    expect(rig.notices).toEqual([
      'There are more files than may be open at once, 5: they take turns, and what is deleted meanwhile is lost. Raise the limit of the process (ulimit -n).',
    ]);
  });

  it('are read to their ends, with few of them open, when all are rotated at once', async () => {
    const paths = Array.from({ length: 60 }, (_, number) => rig.path(`${number}.log`));
    for (const path of paths) await writeFile(path, numbered(10));
    const openFiles = new OpenFiles({ files: 5, deletedFiles: 1 });
    const run = await rig.start([rig.path('*.log')], { openFiles, timing: { restMs: 400 } });
    await expect.poll(() => rig.rows.size, SOON).toBe(600);
    let most = 0;
    const open = () => {
      most = Math.max(most, run.input.status().counters['open_files'] ?? 0);
      return rig.rows.size;
    };
    for (const path of paths) {
      await appendFile(path, numbered(10, 11));
      await rename(path, `${path}.1`);
      await writeFile(path, numbered(10, 21));
    }
    await expect.poll(open, SOON).toBe(1_800);
    await expect.poll(() => run.input.status().counters['files'], SOON).toBe(60);
    expect(most).toBeLessThanOrEqual(5);
    expect(run.input.status().counters).toMatchObject({ lost_bytes: 0 });
    expect(rig.notices).toHaveLength(1);
  });

  it('share what they may have open: one may have all, until another one needs some', async () => {
    const of = (name: string, count: number) =>
      Array.from({ length: count }, (_, number) => rig.path(name, `${number}.log`));
    const [many, few] = [of('many', 30), of('few', 4)];
    await mkdir(rig.path('many'));
    await mkdir(rig.path('few'));
    for (const path of many) await writeFile(path, numbered(5));
    const openFiles = new OpenFiles({ files: 10, deletedFiles: 1 });
    const first = await rig.start([rig.path('many')], { openFiles });
    const second = await rig.startBeside(first, [rig.path('few')], { name: 'few', openFiles });
    const open = () => [first, second].map((run) => run.input.status().counters['open_files'] ?? 0);
    const sum = () => open().reduce((one, other) => one + other);
    await expect.poll(() => rig.rows.size, SOON).toBe(150);
    // More than its share.
    await expect.poll(() => open()[0], SOON).toBeGreaterThanOrEqual(8);
    for (const path of few) await writeFile(path, numbered(5));
    await expect.poll(() => rig.rows.size, SOON).toBe(170);
    await expect.poll(() => open()[1], SOON).toBe(4);
    await expect.poll(sum, SOON).toBeLessThanOrEqual(10);
    for (const path of many) await appendFile(path, numbered(1, 6));
    await expect.poll(() => rig.rows.size, SOON).toBe(200);
    await expect.poll(sum, SOON).toBeLessThanOrEqual(10);
    expect(open()[0]).toBeGreaterThanOrEqual(5);
  });

  it('are as many as the system allows, by half', async () => {
    const limit = await openFilesLimit();
    expect(limit).toBeGreaterThanOrEqual(16);
    expect(limit).toBeLessThanOrEqual(4_096);
  });
});

describe('memory', () => {
  it('holds a little of each of a thousand files', async () => {
    const size = 60_000;
    for (let number = 0; number < 1_000; number += 1)
      await writeFile(rig.path(`${number}.log`), `${'x'.repeat(999)}\n`.repeat(size / 1_000));
    let entries = 0;
    const read = { format: 'text' };
    const before = process.memoryUsage().rss;
    let most = 0;
    const run = await rig.start([rig.path()], {
      read,
      timing: FILE_TIMING,
      take: async ({ entries: { length } }) => {
        entries += length;
        rig.rows.clear();
        run.batches = [];
        most = Math.max(most, process.memoryUsage().rss - before);
      },
    });
    await expect.poll(() => entries, SOON).toBe(60_000);
    expect(most).toBeLessThan(250 * 1024 * 1024);
  }, 60_000);
});

/** Who may not do everything, as tests in a container may. */
const NOBODY = 65_534;

describe('a file that may not be read', () => {
  it('is said to be one, and read as soon as it may be, from where it was', async () => {
    await chmod(rig.directory, 0o777);
    await chmod(rig.path(), 0o777);
    const log = rig.path('app.log');
    await writeFile(log, 'one\n');
    const isRoot = process.getuid?.() === 0;
    if (isRoot) await chown(log, NOBODY, NOBODY);
    const child = spawn(
      process.execPath,
      [`${import.meta.dirname}/programs/read-as-another.ts`, rig.directory, log],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
        ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
      },
    );
    const said: string[] = [];
    createInterface(child.stdout).on('line', (line) => said.push(line));
    try {
      await expect.poll(() => said, SOON).toContain('row one');
      child.stdin.write('stop\n');
      await expect.poll(() => said, SOON).toContain('stopped');
      await chmod(log, 0);
      await appendFile(log, 'two\n').catch(async () => {
        await chmod(log, 0o600);
        await appendFile(log, 'two\n');
        await chmod(log, 0);
      });
      child.stdin.write('start\n');
      await expect.poll(() => said, SOON).toContain(`failing ${log}: this user may not read it`);
      await chmod(log, 0o644);
      await expect.poll(() => said, SOON).toContain('row two');
      expect(said.filter((line) => line === 'row one')).toHaveLength(1);
    } finally {
      child.stdin.end();
      await new Promise((resolve) => child.once('exit', resolve));
    }
  });
});
