import { appendFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

interface StoredRecord {
  home: { path: string; inode: number; bornMs?: number };
}

/** Changes what the state says of the files, as if they had been others. */
async function changeState(change: (record: StoredRecord) => void): Promise<void> {
  const path = join(rig.statePath, 'files.json');
  const state = JSON.parse(await readFile(path, 'utf8')) as { records: StoredRecord[] };
  for (const record of state.records) change(record);
  await writeFile(path, JSON.stringify(state));
}

async function readAndStop(count: number): Promise<void> {
  const run = await rig.start([rig.path()]);
  await expect.poll(() => rig.rows.size, SOON).toBe(count);
  await run.stop();
}

describe('a file that has the inode of one that was read', () => {
  it.each([
    ['and other bytes', 'other 1\n'],
    ['and other bytes, and more of them', numbered(100, 1, 'other')],
  ])('%s is a new one', async (_, text) => {
    await writeFile(log, numbered(3));
    await readAndStop(3);
    await rm(log);
    await writeFile(log, text);
    const { ino } = await stat(log);
    await changeState(({ home }) => {
      home.inode = ino;
      delete home.bornMs;
    });
    await rig.start([rig.path()]);
    await expect.poll(() => rig.rows.size, SOON).toBe(3 + linesOf(text).length);
  });

  it('and the same bytes, but was made later, is a new one', async () => {
    const run = await rig.start([rig.path()]);
    await writeFile(log, 'star');
    await expect.poll(() => run.input.status().bytesTotal, SOON).toBe(4);
    await appendFile(log, 'ted\n');
    await expect.poll(() => rig.rows.size, SOON).toBe(1);
    await run.stop();
    await rm(log);
    await writeFile(log, 'star');
    await expect.poll(async () => Date.now() - (await stat(log)).birthtimeMs, SOON).toBeGreaterThan(20);
    await appendFile(log, 'ted\nagain\n');
    const { ino } = await stat(log);
    await changeState(({ home }) => {
      home.inode = ino;
    });
    await rig.start([rig.path()]);
    await expect.poll(() => rig.lines, SOON).toEqual(['started', 'started', 'again']);
  });
});

describe('files whose first bytes are the same', () => {
  const HEAD = `${'# the same two kilobytes'.repeat(85)}\n`;

  it.each([
    ['one line', 'started\n'],
    ['some kilobytes', HEAD],
  ])('are two if they begin with %s, however often they are found', async (_, head) => {
    await writeFile(rig.path('a.log'), head);
    await writeFile(rig.path('b.log'), head);
    await readAndStop(2);
    await appendFile(rig.path('a.log'), 'one\n');
    await appendFile(rig.path('b.log'), 'two\n');
    await readAndStop(4);
    await rename(rig.path('a.log'), rig.path('c.log'));
    await appendFile(rig.path('c.log'), 'three\n');
    await writeFile(rig.path('a.log'), head);
    await readAndStop(6);
    expect(new Set([...rig.rows.values()].map(({ eventId }) => eventId)).size).toBe(6);
  });

  it('are two if one is named as if it was rotated away from the other, and small', async () => {
    await writeFile(`${log}.1`, 'started\n');
    await writeFile(log, 'started\n');
    await readAndStop(2);
  });

  it('are two as soon as one goes on differently', async () => {
    await writeFile(log, HEAD);
    const run = await rig.start([rig.path()]);
    await expect.poll(() => rig.rows.size, SOON).toBe(1);
    await writeFile(`${log}.1`, `${HEAD}other\n`);
    await appendFile(log, 'one\n');
    await expect.poll(() => rig.rows.size, SOON).toBe(4);
    await run.stop();
  });

  it('are one if one is a copy of the other, which goes on', async () => {
    await writeFile(log, HEAD);
    const run = await rig.start([rig.path()]);
    await expect.poll(() => rig.rows.size, SOON).toBe(1);
    await writeFile(`${log}.1`, HEAD);
    await appendFile(log, 'one\n');
    await expect.poll(() => rig.rows.size, SOON).toBe(2);
    await expect.poll(() => run.input.status().counters['copies'], SOON).toBe(1);
    await writeFile(rig.path('b.log'), 'two\n');
    await expect.poll(() => rig.lines, SOON).toContain('two');
    await run.stop();
    expect(rig.lines).toEqual([HEAD.slice(0, -1), 'one', 'two']);
  });
});

describe('the identities of events', () => {
  it('sort as the lines do, of a file and of those that came after it', async () => {
    await writeFile(log, numbered(20));
    const run = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(20);
    await rename(log, `${log}.1`);
    await writeFile(log, numbered(20, 21));
    await expect.poll(() => rig.rows.size, SOON).toBe(40);
    await run.stop();
    expect(rig.lines).toEqual(linesOf(numbered(40)));
    for (const { eventId } of rig.rows.values()) expect(eventId).toMatch(/^[0-9a-f]{24}-[0-9a-f]{16}$/);
  });
});

describe('a file that two inputs are to read', () => {
  it('is read by one of them', async () => {
    await writeFile(log, numbered(5));
    const run = await rig.start([log]);
    const other = await rig.startBeside(run, [rig.path('*')], { name: 'other' });
    await expect.poll(() => rig.rows.size, SOON).toBe(5);
    await writeFile(rig.path('b.log'), 'b\n');
    await expect.poll(() => rig.rows.size, SOON).toBe(6);
    await appendFile(log, numbered(1, 6));
    await expect.poll(() => rig.rows.size, SOON).toBe(7);
    expect(other.published + run.published).toBe(7);
  });

  it('goes on where the other ended if the input has another name now', async () => {
    await writeFile(log, numbered(5));
    await readAndStop(5);
    await appendFile(log, numbered(1, 6));
    const run = await rig.start([log], { name: 'renamed' });
    await expect.poll(() => rig.rows.size, SOON).toBe(6);
    expect(run.published).toBe(1);
  });
});

describe('a file that another one takes the place of', () => {
  it.each([
    ['while it is read', false],
    ['while nobody reads it', true],
  ])('which has all of it and more, as rsync does it, goes on: %s', async (_, isStopped) => {
    await writeFile(log, numbered(400));
    const run = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(400);
    if (isStopped) await run.stop();
    await writeFile(rig.path('.app.log.next'), numbered(410));
    await rename(rig.path('.app.log.next'), log);
    if (isStopped) await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(410);
    await appendFile(log, numbered(1, 411));
    await expect.poll(() => rig.rows.size, SOON).toBe(411);
    expect(rig.lines).toEqual(linesOf(numbered(411)));
    expect(rig.notices).toEqual([]);
  });

  it('and has the same and no more is a new one: its writer said the same again', async () => {
    await writeFile(log, numbered(400));
    const run = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(400);
    await writeFile(rig.path('.next'), numbered(400));
    await rename(rig.path('.next'), log);
    await expect.poll(() => rig.rows.size, SOON).toBe(800);
    await run.stop();
  });
});
