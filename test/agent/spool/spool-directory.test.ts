import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { orphanedSpools, spoolDirectory, writeSpoolName } from '../../../src/agent/spool/spool-directory.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'lms-test-state-'));
});
afterEach(() => rm(state, { recursive: true }));

async function spoolOf(name: string, bytes: number): Promise<string> {
  const directory = spoolDirectory(state, name);
  await mkdir(directory, { recursive: true });
  await writeSpoolName(directory, name);
  await writeFile(join(directory, '0000000000000001.spool'), Buffer.alloc(bytes));
  return directory;
}

describe('spools of a state directory', () => {
  it('are told by the whole name of their inputs, whatever is in it', () => {
    const names = ['tcp-listen://:1', 'tcp-listen://:2', 'tcp-listen___1', `unix:///${'x'.repeat(100)}1`];
    const directories = [...names, `unix:///${'x'.repeat(100)}2`].map((name) => spoolDirectory(state, name));
    expect(new Set(directories).size).toBe(5);
    for (const each of directories) expect(each).toMatch(new RegExp(`^${state}/spool/[\\w.-]+$`));
  });

  it("are orphans if they hold something and are nobody's", async () => {
    expect(await orphanedSpools(state, new Set())).toEqual([]);
    const inUse = await spoolOf('tcp-listen://:1', 10);
    await spoolOf('tcp-listen://:2', 0);
    const orphan = await spoolOf('udp-listen://:3', 30);
    await writeFile(join(state, 'spool', 'README'), 'x');
    const nameless = join(state, 'spool', 'of-another-release');
    await mkdir(nameless);
    await writeFile(join(nameless, '0000000000000001.spool'), 'x');
    await writeFile(join(nameless, 'notes'), 'xyz');
    expect(await orphanedSpools(state, new Set([inUse]))).toEqual([
      { directory: nameless, input: undefined, bytes: 1 },
      { directory: orphan, input: 'udp-listen://:3', bytes: 30 },
    ]);
  });
});
