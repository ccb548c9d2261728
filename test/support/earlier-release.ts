import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url));
const FILES = ['lms', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
const execute = promisify(execFile);

/** A release of ours as it was, from this repository's history. */
export interface EarlierRelease extends AsyncDisposable {
  /** The file of its program, to be run as it stands. */
  readonly main: string;
  /** Compiles it as that commit does; resolves to its `lms`. */
  build(): Promise<string>;
}

/**
 * Unpacks the source of a commit (its whole name) into a folder of its own, with the packages of this
 * checkout. Rejects if the commit cannot be had.
 */
export async function earlierRelease(commit: string): Promise<EarlierRelease> {
  await ensureCommit(commit);
  const folder = await mkdtemp(join(tmpdir(), 'lms-earlier-'));
  const archive = join(folder, 'release.tar');
  await git('archive', '--output', archive, commit, 'src', ...FILES);
  await execute('tar', ['-xf', archive, '-C', folder]);
  await symlink(join(CHECKOUT, 'node_modules'), join(folder, 'node_modules'));
  return {
    main: join(folder, 'src/cli/main.ts'),
    build: async () => {
      await execute('npm', ['run', '--silent', 'build'], { cwd: folder });
      return join(folder, 'lms');
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** A shallow clone lacks it: then it is fetched. */
async function ensureCommit(commit: string): Promise<void> {
  const isHere = () => git('cat-file', '-e', `${commit}^{commit}`);
  try {
    await isHere().catch(() => git('fetch', '--quiet', '--depth=1', 'origin', commit));
    await isHere();
  } catch (cause) {
    throw new Error(
      `this clone lacks commit ${commit}, which the test runs: \`git fetch --unshallow\` brings it`,
      { cause },
    );
  }
}

async function git(...args: readonly string[]): Promise<void> {
  await execute('git', args, { cwd: CHECKOUT });
}
