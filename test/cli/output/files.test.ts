import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireWritable, writeJson, writeText } from '../../../src/cli/output/files.ts';
import { LmsError } from '../../../src/errors/catalogue.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lms-files-'));
  path = join(folder, 'logs.csv');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A text that ends in the middle. */
function* failing(error: Error): Generator<string> {
  yield 'half of';
  throw error;
}

const write = (text: Iterable<string>, to = path) => writeText(to, text, new PassThrough());

describe('a file that is written', () => {
  it('holds the whole text, and nothing else is left in its folder', async () => {
    await write(['one\n', 'two\n']);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    await writeJson(path, { three: 3 });
    expect(readFileSync(path, 'utf8')).toBe('{\n  "three": 3\n}\n');
    expect(readdirSync(folder)).toEqual(['logs.csv']);
  });

  it('is replaced only when the text is complete, and keeps its mode', async () => {
    writeFileSync(path, 'the last one');
    chmodSync(path, 0o600);
    function* looking(): Generator<string> {
      yield 'new';
      expect(readFileSync(path, 'utf8')).toBe('the last one');
    }
    await write(looking());
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([true, false])('stays as it was if the text fails (was there: %s)', async (wasThere) => {
    if (wasThere) writeFileSync(path, 'the last one');
    await expect(write(failing(new Error('no more')))).rejects.toMatchObject({
      code: 'OUTPUT',
      message: `cannot write ${path}: no more`,
    });
    expect(readdirSync(folder)).toEqual(wasThere ? ['logs.csv'] : []);
    if (wasThere) expect(readFileSync(path, 'utf8')).toBe('the last one');
  });

  it('is not to blame for what the text ended with', async () => {
    const unreachable = new LmsError('DATABASE_UNREACHABLE', 'no MySQL server answers');
    await expect(write(failing(unreachable))).rejects.toBe(unreachable);
    await expect(write(failing(unreachable), '-')).rejects.toBe(unreachable);
  });

  it('can be standard output, which stays open', async () => {
    const stdout = new PassThrough();
    await writeText('-', ['one\n'], stdout);
    stdout.end('two\n');
    expect(await textOf(stdout)).toBe('one\ntwo\n');
  });
});

describe('what is no file of its own is written to and not replaced:', () => {
  it('a link, whose file gets the text', async () => {
    const target = join(folder, 'target.csv');
    writeFileSync(target, 'the last one');
    symlinkSync(target, path);
    await write(['new']);
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(readdirSync(folder).toSorted()).toEqual(['logs.csv', 'target.csv']);
  });

  it('a named pipe, whose reader gets the text', async () => {
    execFileSync('mkfifo', [path]);
    const reading = readFile(path, 'utf8');
    await write(['through', ' the pipe']);
    expect(await reading).toBe('through the pipe');
    expect(statSync(path).isFIFO()).toBe(true);
  });

  it('a device, which may be full', async () => {
    await requireWritable('/dev/full');
    await expect(write(['text'], '/dev/full')).rejects.toMatchObject({
      code: 'OUTPUT',
      message: expect.stringContaining('/dev/full') as string,
    });
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });
});

describe('a path that cannot be written', () => {
  it('is told at the start', async () => {
    await expect(requireWritable('-', undefined, path)).resolves.toBeUndefined();
    await expect(requireWritable(join(folder, 'none', 'logs.csv'))).rejects.toMatchObject({ code: 'OUTPUT' });
  });

  it('is told at the end', async () => {
    await expect(write(['text'], join(folder, 'none', 'logs.csv'))).rejects.toMatchObject({ code: 'OUTPUT' });
    await expect(write(['text'], folder)).rejects.toMatchObject({ code: 'OUTPUT' });
  });
});
