import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

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

  it('has the page as it was built, and nothing of what the page is made of', async () => {
    const built = await readdir(join(CHECKOUT, 'dist/web'), { recursive: true });
    expect(built.filter((name) => /^assets.*\.js$/.test(name)).length).toBeGreaterThan(0);
    const packed = await readdir(join(unpacked, 'dist'), { recursive: true });
    expect(packed.filter((name) => name.startsWith('web/')).toSorted()).toEqual(
      built.map((name) => `web/${name}`).toSorted(),
    );
    expect(packed.filter((name) => name.startsWith('.'))).toEqual([]);
    expect(await readdir(unpacked)).not.toContain('packages');
  });

  it('stands beside those of the packages that are for others: the page is none', async () => {
    const makefile = await readFile(join(CHECKOUT, 'Makefile'), 'utf8');
    const [command = ''] = /npm pack .*--workspace.*/.exec(makefile) ?? [];
    const folders = await readdir(join(CHECKOUT, 'packages'), { withFileTypes: true });
    const packages = await Promise.all(
      folders
        .filter((each) => each.isDirectory())
        .map(async ({ name }) => {
          const text = await readFile(join(CHECKOUT, 'packages', name, 'package.json'), 'utf8');
          return JSON.parse(text) as { readonly name: string; readonly private?: boolean };
        }),
    );
    const published = packages.filter((each) => each.private !== true).map(({ name }) => name);
    expect(packages.map(({ name }) => name)).toContain('lms-web');
    expect([...command.matchAll(/--workspaces?(?: (\S+)|$)/g)].map(([, name]) => name)).toEqual(published);
  });

  it('makes the tables', async () => {
    const main = join(unpacked, 'dist/cli/main.js');
    const url = `sqlite:${join(folder, 'lms.db')}`;
    const { stdout } = await execute(process.execPath, [main, 'migrate', 'up', '--database-url', url]);
    expect(stdout).toMatch(/^(?:applied \d+ .*\n)+The tables are up to date/);
  });

  it('serves the page', async () => {
    const main = join(unpacked, 'dist/cli/main.js');
    const url = `sqlite:${join(folder, 'lms.db')}`;
    const flags = ['--database-url', url, '--serve-port', '0', '--tail', 'off', '--log-level', 'warn'];
    const server = spawn(process.execPath, [main, 'serve', ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      server.kill();
    });
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const address = /http:\S+\//.exec(line.toString())?.[0] ?? '';
    const page = await fetch(address, { headers: { accept: 'text/html' } });
    const html = await page.text();
    const [, script = ''] = /src="(\.\/assets\/[^"]+)"/.exec(html) ?? [];
    const loaded = await fetch(new URL(script, address));
    expect([page.status, loaded.status, loaded.headers.get('content-encoding')]).toEqual([200, 200, 'gzip']);
  });
});
