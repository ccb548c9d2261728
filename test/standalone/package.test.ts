import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url));
const execute = promisify(execFile);

/** The package as it would be published, unpacked; it needs the program to be built. */
describe('the packed tarball', () => {
  let folder: string;
  let unpacked: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lms-pack-'));
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
    const { stdout } = await execute('npm', pack, { cwd: CHECKOUT });
    await execute('tar', ['-xzf', join(folder, stdout.trim()), '-C', folder]);
    unpacked = join(folder, 'package');
    await symlink(join(CHECKOUT, 'node_modules'), join(unpacked, 'node_modules'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['mysql', 'sqlite'])('has every migration of %s, as it stands in the source', async (database) => {
    const source = join(CHECKOUT, 'src/store', database, 'migrations');
    const packed = join(unpacked, 'dist/store', database, 'migrations');
    const files = await readdir(source);
    expect(files.length).toBeGreaterThanOrEqual(2);
    expect(await readdir(packed)).toEqual(files);
    for (const file of files) {
      expect(await readFile(join(packed, file), 'utf8')).toBe(await readFile(join(source, file), 'utf8'));
    }
  });

  it('makes the tables', async () => {
    const main = join(unpacked, 'dist/cli/main.js');
    const url = `sqlite:${join(folder, 'lms.db')}`;
    const { stdout } = await execute(process.execPath, [main, 'migrate', 'up', '--database-url', url]);
    expect(stdout).toMatch(/^(?:applied \d+ .*\n)+The tables are up to date/);
  });
});
