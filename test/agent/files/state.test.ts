import { appendFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileState } from '../../../src/agent/files/state.ts';
import { StateDirectory, type StateStorage } from '../../../src/agent/files/state-directory.ts';
import { parseState } from '../../../src/agent/files/state-text.ts';
import { systemClock } from '../../../src/pipeline/clock.ts';
import { FakeClock, settled } from '../../support/fake-clock.ts';
import { numbered, Rig, SOON } from './rig.ts';

let rig: Rig;
let log: string;
beforeEach(async () => {
  rig = await Rig.make();
  log = rig.path('app.log');
});
afterEach(async () => {
  await rig.remove();
});

const file = () => join(rig.statePath, 'files.json');

async function readAndStop(count: number): Promise<void> {
  const run = await rig.start([rig.path()]);
  await expect.poll(() => rig.rows.size, SOON).toBe(count);
  await run.stop();
}

describe('a state file', () => {
  it('that was cut says so, and what can be read of it counts', async () => {
    for (const name of ['a', 'b', 'c']) await writeFile(rig.path(name), numbered(5, 1, name));
    await readAndStop(15);
    const text = await readFile(file(), 'utf8');
    for (let length = 0; length < text.length; length += 37) {
      const { records, damage } = parseState(text.slice(0, length));
      expect(damage).toMatch(length === 0 ? /^it is empty/ : /cut or was written over/);
      expect(records).toEqual(parseState(text).records.slice(0, records.length));
    }
    const cut = text.slice(0, text.lastIndexOf('"observations"'));
    await writeFile(file(), cut);
    const run = await rig.start([rig.path()]);
    expect(run.state.damage).toBe(
      'The state of the files is damaged: it is cut or was written over; 2 were read. Files that are not among them are read from their beginning.',
    );
    await expect.poll(() => run.published, SOON).toBe(5);
    await run.stop();
  });

  it.each([-1, 1.5, 2 ** 60, 'x', null])(
    'whose offset is %s begins that file again, as the same one',
    async (offset) => {
      await writeFile(log, '2026-11-25T14:00:00Z one\n2026-11-25T14:00:01Z two\n');
      await readAndStop(2);
      const state = JSON.parse(await readFile(file(), 'utf8')) as { records: { offset: unknown }[] };
      for (const record of state.records) record.offset = offset;
      await writeFile(file(), JSON.stringify(state));
      const run = await rig.start([rig.path()]);
      expect(run.state.damage).toContain('1 of its records say what cannot be');
      await expect.poll(() => run.published, SOON).toBe(2);
      await run.stop();
      expect(rig.rows.size).toBe(2);
    },
  );

  it.each([
    '',
    'null',
    '[]',
    '{"records":[]}',
    '{"version":0,"records":[]}',
    '{"version":1,"records":[null,7,{"id":"x"}]}',
    '\0\0\0',
  ])('with %j in it is damaged, and no hindrance', async (text) => {
    await mkdir(rig.statePath);
    await writeFile(file(), text);
    await writeFile(log, numbered(2));
    const run = await rig.start([log]);
    expect(run.state.damage).toMatch(/^The state of the files is damaged: /);
    await expect.poll(() => rig.rows.size, SOON).toBe(2);
    await run.stop();
    expect(parseState(await readFile(file(), 'utf8')).damage).toBeUndefined();
  });

  it('of a newer release is left as it is, and ends the agent', async () => {
    await mkdir(rig.statePath);
    const text = '{"version":2,"records":[]}';
    await writeFile(file(), text);
    await expect(rig.start([log])).rejects.toMatchObject({
      code: 'STATE',
      message:
        'The state of the files was written by a newer lms (version 2 of it; this one knows 1). ' +
        'Use that release, or name another --state: then all files are read from their beginning.',
    });
    expect(await readFile(file(), 'utf8')).toBe(text);
  });

  it('is written before what would not be the same again is handed over, and after the rest is confirmed', async () => {
    await writeFile(log, numbered(2));
    const run = await rig.start([log], { take: rig.takesOnly(0) });
    await expect.poll(() => rig.rows.size, SOON).toBe(2);
    const [record] = parseState(await readFile(file(), 'utf8')).records;
    expect(record).toMatchObject({ offset: 0, observations: [{ end: 14 }] });
    await run.kill();
    const next = await rig.start([log]);
    await expect.poll(() => next.published, SOON).toBe(2);
    await next.stop();
    expect(parseState(await readFile(file(), 'utf8')).records[0]).toMatchObject({
      offset: 14,
      observations: [],
    });
  });

  it('leaves nothing half-written behind, and is for its user alone', async () => {
    await mkdir(rig.statePath);
    await writeFile(`${file()}.0123456789ab.partial`, 'half');
    await writeFile(log, numbered(2));
    await readAndStop(2);
    expect((await readdir(rig.statePath)).toSorted()).toEqual(['files.json', 'lock']);
  });
});

/** A disk that is full for as long as it is told to be. */
class FullDisk implements StateStorage {
  readonly #storage: StateStorage;
  isFull = false;

  constructor(storage: StateStorage) {
    this.#storage = storage;
  }

  read(): Promise<string | undefined> {
    return this.#storage.read();
  }

  async write(text: string): Promise<void> {
    if (this.isFull) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    await this.#storage.write(text);
  }

  close(): void {
    this.#storage.close();
  }
}

describe('a disk that is full', () => {
  async function startOnDisk() {
    const disks: FullDisk[] = [];
    const storage = (real: StateStorage) => {
      const disk = new FullDisk(real);
      disks.push(disk);
      return disk;
    };
    const run = await rig.start([log], { storage });
    return { run, disk: disks[0]! };
  }

  it('holds up lines without a time, and says so, until there is room', async () => {
    await writeFile(log, numbered(2));
    const { run, disk } = await startOnDisk();
    await expect.poll(() => rig.rows.size, SOON).toBe(2);
    disk.isFull = true;
    await appendFile(log, numbered(2, 3));
    await expect.poll(() => run.input.status().state, SOON).toBe('failing');
    expect(run.input.status().reason).toBe('The state cannot be written: the disk is full.');
    expect(rig.rows.size).toBe(2);
    disk.isFull = false;
    await expect.poll(() => rig.rows.size, SOON).toBe(4);
    await expect.poll(() => run.input.status().state, SOON).toBe('waiting');
  });

  it('holds up no lines that have a time, which are the same rows after a kill', async () => {
    const line = (second: number) => `2026-11-25T14:00:0${second}Z line\n`;
    await writeFile(log, line(1));
    const { run, disk } = await startOnDisk();
    await expect.poll(() => rig.rows.size, SOON).toBe(1);
    disk.isFull = true;
    await appendFile(log, line(2) + line(3));
    await expect.poll(() => rig.rows.size, SOON).toBe(3);
    await run.kill();
    await appendFile(log, line(4));
    const next = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(4);
    expect(next.published).toBeGreaterThanOrEqual(3);
  });
});

describe('a state directory', () => {
  it('is for one agent at a time', async () => {
    const first = await StateDirectory.open(rig.statePath);
    await expect(StateDirectory.open(rig.statePath)).rejects.toMatchObject({
      code: 'STATE',
      message: `Another agent is at work with the state directory ${rig.statePath}.`,
    });
    first.close();
    const second = await StateDirectory.open(rig.statePath);
    second.close();
  });

  it('may have a path that is too long for a socket', async () => {
    const path = join(rig.directory, 'd'.repeat(120), 'e'.repeat(120));
    const first = await StateDirectory.open(path);
    await expect(StateDirectory.open(path)).rejects.toMatchObject({ code: 'STATE' });
    await first.write('x');
    expect(await first.read()).toBe('x');
    first.close();
  });

  it('that another has taken all the same is written to no more, and ends the input', async () => {
    await writeFile(log, numbered(1));
    const run = await rig.start([log]);
    await expect.poll(() => rig.rows.size, SOON).toBe(1);
    await writeFile(join(rig.statePath, 'another'), '');
    await rename(join(rig.statePath, 'another'), join(rig.statePath, 'lock'));
    await appendFile(log, numbered(1, 2));
    await expect(run.done).rejects.toMatchObject({
      code: 'STATE',
      message: `Another agent has taken the state directory ${rig.statePath}.`,
    });
  });

  it('that cannot be one says why', async () => {
    await writeFile(rig.statePath, '');
    await expect(StateDirectory.open(join(rig.statePath, 'state'))).rejects.toMatchObject({
      code: 'STATE',
      message: `The state directory ${rig.statePath}/state cannot be used: a part of its path is no directory.`,
    });
  });

  it('forgets what has been gone for a month, and of the rest what is too much', async () => {
    const storage = await StateDirectory.open(rig.statePath);
    const state = await FileState.open(storage, systemClock);
    const now = Date.now();
    const base = {
      input: 'logs',
      path: '/a',
      home: { path: '/a', inode: 1 },
      head: { bytes: 0, hash: '' },
      before: { bytes: 0, hash: '' },
      offset: 0,
      size: 0,
      modifiedMs: 0,
      observations: [],
    };
    const id = (number: number) => number.toString(16).padStart(24, '0');
    for (let number = 0; number < 1_500; number += 1)
      state.put({ ...base, id: id(number), goneMs: now - number });
    state.put({ ...base, id: id(5_000), goneMs: now - 31 * 86_400_000 });
    state.put({ ...base, id: id(5_001) });
    state.prune(now);
    const ids = Array.from(state.records, (record) => record.id);
    expect(ids).toHaveLength(1_001);
    expect(ids).toContain(id(5_001));
    expect(ids).toContain(id(0));
    expect(ids).not.toContain(id(1_400));
    await state.close();
  });
});

describe('what is written soon', () => {
  it('is written once for all who ask meanwhile, and holds all that was put before it is written', async () => {
    const texts: string[] = [];
    const storage: StateStorage = {
      read: () => Promise.resolve(undefined),
      write: (text) => {
        texts.push(text);
        return Promise.resolve();
      },
      close: () => undefined,
    };
    const clock = new FakeClock();
    const state = await FileState.open(storage, clock);
    const asked = [state.saveSoon(), state.saveSoon(), state.saveSoon()];
    await settled();
    expect(texts).toEqual([]);
    await clock.advance(1_000);
    await Promise.all(asked);
    expect(texts).toHaveLength(1);
    const again = state.saveSoon();
    await clock.advance(1_000);
    await again;
    expect(texts).toHaveLength(2);
  });
});
