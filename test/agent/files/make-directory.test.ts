import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeDirectory } from '../../../src/agent/files/make-directory.ts';

it('makes a directory and those above it, for its user alone, unless it is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lms-test-directory-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'a/b/c');
  await Promise.all([makeDirectory(path), makeDirectory(path), makeDirectory(join(folder, 'a/b'))]);
  await makeDirectory(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  await writeFile(join(folder, 'file'), '');
  await expect(makeDirectory(join(folder, 'file'))).rejects.toThrow('EEXIST');
  await expect(makeDirectory(join(folder, 'file/a/b'))).rejects.toThrow('ENOTDIR');
});

it.runIf(existsSync('/proc/self'))('ends where the file system makes none', async () => {
  await expect(makeDirectory('/proc/lms/state')).rejects.toThrow('ENOENT');
});
