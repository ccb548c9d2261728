import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(CHECKOUT, 'node_modules/.bin/tsc');
const execute = promisify(execFile);

/** A package of `packages/` as it would be published; it needs the packages to be built. */
export interface PackedPackage extends AsyncDisposable {
  /** The tarball's path. */
  readonly tarball: string;
  /** A new folder for a project that knows nothing yet. */
  project(files: Readonly<Record<string, string>>): Promise<Project>;
}

/** Somebody's project. */
export interface Project {
  readonly folder: string;
  /** Installs the package from its tarball, without a registry. */
  install(): Promise<void>;
  /** Runs a file of it by a Node and returns what that printed; rejects with what it complained of. */
  run(file: string, node?: string): Promise<string>;
  /** What the compiler says of it; empty if all is well. */
  compile(): Promise<string>;
}

/** Packs the package in this folder of `packages/`. */
export async function pack(name: string): Promise<PackedPackage> {
  const folder = await mkdtemp(join(tmpdir(), `lms-pack-${name}-`));
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const { stdout } = await execute('npm', args, { cwd: join(CHECKOUT, 'packages', name) });
  const tarball = join(folder, stdout.trim());
  return {
    tarball,
    project: (files) => newProject(folder, tarball, files),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function newProject(
  parent: string,
  tarball: string,
  files: Readonly<Record<string, string>>,
): Promise<Project> {
  const folder = await mkdtemp(join(parent, 'project-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const said = (error: unknown) => {
    throw new Error(`${folder}: ${(error as { stderr?: string }).stderr ?? ''}`, { cause: error });
  };
  return {
    folder,
    async install() {
      const args = ['install', '--offline', '--no-audit', '--no-fund', '--silent', tarball];
      await execute('npm', args, { cwd: folder }).catch(said);
    },
    async run(file, node = process.execPath) {
      const { stdout } = await execute(node, [file], { cwd: folder, timeout: 30_000 }).catch(said);
      return stdout;
    },
    compile: () =>
      execute(process.execPath, [TSC, '-p', '.'], { cwd: folder }).then(
        ({ stdout }) => stdout,
        (error: unknown) => (error as { stdout: string }).stdout,
      ),
  };
}

/** What `publint` and `attw` have to say against a tarball. */
export async function faultsOf(tarball: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(dirname(tarball), 'unpacked-'));
  await execute('tar', ['-xzf', tarball, '-C', folder]);
  const { messages, pkg } = await publint({ pkgDir: join(folder, 'package'), pack: false, strict: true });
  const types = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
  const problems =
    types.types === false ? ['there are no types'] : types.problems.map((each) => JSON.stringify(each));
  return [...messages.map((message) => formatMessage(message, pkg) ?? message.code), ...problems];
}

/** Every Node of this machine beside the one of the checkout. */
export async function otherNodes(): Promise<readonly string[]> {
  const paths = (process.env['PATH'] ?? '').split(delimiter).filter((path) => !path.includes('node_modules'));
  const found = new Map<string, string>();
  for (const path of paths) {
    const node = join(path, 'node');
    const version = await execute(node, ['--version']).catch(() => undefined);
    if (version !== undefined) found.set(version.stdout.trim(), node);
  }
  found.delete(process.version);
  return [...found.values()];
}
