import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A directory on a disk of its own that holds little. */
export interface TinyDisk extends AsyncDisposable {
  readonly path: string;
}

/** Makes one of so many KiB; undefined where this user may not. */
export async function tinyDisk(kibibytes: number): Promise<TinyDisk | undefined> {
  const path = await mkdtemp(join(tmpdir(), 'lms-test-disk-'));
  const remove = () => rm(path, { recursive: true });
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', `size=${String(kibibytes)}k`, 'tmpfs', path]);
  } catch {
    await remove();
    return undefined;
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      await execute('umount', ['-l', path]);
      await remove();
    },
  };
}
