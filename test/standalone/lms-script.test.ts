import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const LMS = fileURLToPath(new URL('../../lms', import.meta.url));

/** Runs `./lms` in a directory without `.env`. Rejects with what it printed if its exit status is not 0. */
const lms = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  promisify(execFile)(LMS, args, { cwd: tmpdir(), env: { PATH: process.env['PATH'], ...env } });

it('./lms runs the built program from any directory', async () => {
  const { stdout, stderr } = await lms(['--help']);
  expect(stdout).toMatch(/^Usage: lms /);
  expect(stderr).toBe('');
});

it('./lms names lines of the TypeScript source in the stack of a bug', async () => {
  const bug = "process.stdout.write = () => { throw new TypeError('x is not a function'); };";
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(bug)}`;
  await expect(lms(['config'], { NODE_OPTIONS, LOG_LEVEL: 'debug' })).rejects.toMatchObject({
    code: 70,
    stderr: expect.stringMatching(/\n +at .*\/src\/cli\/\S+\.ts:\d+:\d+\)/) as string,
  });
});
