import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEntriesServer } from '../support/entries-server.ts';

const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url));
const execute = promisify(execFile);

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/** `lms-log` as it would be published; it needs the packages to be built. */
describe('the packed tarball of lms-log', () => {
  let folder: string;
  let tarball: string;
  let manifest: Manifest;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lms-log-'));
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
    const { stdout } = await execute('npm', pack, { cwd: join(CHECKOUT, 'packages/log') });
    tarball = join(folder, stdout.trim());
    manifest = JSON.parse(await readFile(join(CHECKOUT, 'packages/log/package.json'), 'utf8')) as Manifest;
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** An empty project that has it, its dependencies, and no other package but those named. */
  async function project(type: 'module' | 'commonjs', ...others: string[]): Promise<string> {
    const home = await mkdtemp(join(folder, 'project-'));
    const modules = join(home, 'node_modules');
    await mkdir(join(modules, 'lms-log'), { recursive: true });
    await execute('tar', ['-xzf', tarball, '-C', join(modules, 'lms-log'), '--strip-components=1']);
    for (const name of [...Object.keys(manifest.dependencies), ...others]) {
      await mkdir(join(modules, name, '..'), { recursive: true });
      await symlink(join(CHECKOUT, 'node_modules', name), join(modules, name));
    }
    await writeFile(join(home, 'package.json'), JSON.stringify({ name: '@acme/shop', private: true, type }));
    return home;
  }

  async function run(home: string, file: string, source: string, url: string): Promise<void> {
    await writeFile(join(home, file), source);
    const env = { LMS_URL: url, LMS_TOKEN: 'lms_t' };
    const { stderr } = await execute(process.execPath, [file], { cwd: home, env });
    expect(stderr).toBe('');
  }

  it('depends on nothing of the server’s', () => {
    expect(Object.keys(manifest.dependencies)).toEqual([
      '@grpc/grpc-js',
      'google-auth-library',
      'pino-abstract-transport',
    ]);
  });

  it.each([
    ['module', "import { createPublisher } from 'lms-log';"],
    ['commonjs', "const { createPublisher } = require('lms-log');"],
  ] as const)('a program of %s publishes', async (type, line) => {
    const server = await startEntriesServer();
    const source = `${line}\ncreatePublisher().write({ payload: 'hello' });`;
    await run(await project(type), 'main.js', source, server.url);
    expect(server.entries).toMatchObject([{ payload: 'hello', service_name: 'shop' }]);
    expect(server.requests).toEqual([{ authorization: 'Bearer lms_t' }]);
  });

  it.each([
    ['module', "import pino from 'pino';"],
    ['commonjs', "const pino = require('pino');"],
  ] as const)('a program of %s logs by pino', async (type, line) => {
    const server = await startEntriesServer();
    const source = `${line}\npino({ transport: { target: 'lms-log/pino' } }).info('hello');`;
    await run(await project(type, 'pino'), 'main.js', source, server.url);
    expect(server.entries).toMatchObject([{ payload: 'hello', service_name: 'shop' }]);
  });

  it('TypeScript knows its types, in a module and in CommonJS', async () => {
    const home = await project('module', '@types/node', 'undici-types');
    const source = `
import { createPublisher, type Counts, type Entry } from 'lms-log';
import transport, { type PinoTransportOptions } from 'lms-log/pino';
const publisher = createPublisher({ topic: 'logs', whenFull: 'wait', onNotice: (line: string) => void line });
const entry: Entry = { payload: 'x', severity: 'warn', tags: { a: 1 } };
const isTaken: boolean = publisher.write(entry);
const counts: Promise<Counts> = publisher.close();
const options: PinoTransportOptions = { url: 'http://lms', service: 'shop' };
export const all = [isTaken, counts, transport(options)];
// @ts-expect-error: no such severity
publisher.write({ payload: 'x', severity: 'loud' });
// @ts-expect-error: no such option
createPublisher({ topics: 'logs' });
`;
    await writeFile(join(home, 'module.mts'), source);
    await writeFile(join(home, 'common.cts'), source);
    const flags = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--lib',
      'es2024,esnext.disposable',
    ];
    const tsc = join(CHECKOUT, 'node_modules/typescript/bin/tsc');
    const files = ['--types', 'node', 'module.mts', 'common.cts'];
    await execute(process.execPath, [tsc, ...flags, ...files], { cwd: home }).catch((error: unknown) => {
      throw new Error((error as { stdout: string }).stdout);
    });
  });

  it('attw and publint find nothing', async () => {
    const bytes = await readFile(tarball);
    const { problems } = (await checkPackage(createPackageFromTarballData(bytes))) as { problems: unknown[] };
    expect(problems).toEqual([]);
    const { messages } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer } });
    expect(messages).toEqual([]);
  });
});
