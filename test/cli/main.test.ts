import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { before, lmsProcess, MAIN } from './lms.ts';

describe('lms as a process', () => {
  it('exits with the status of what happened', async () => {
    const [none, unknown, wrong, right] = await Promise.all([
      lmsProcess([]),
      lmsProcess(['frobnicate']),
      lmsProcess(['config'], { BATCHSIZE: 'abc' }),
      lmsProcess(['config'], { BATCHSIZE: '7' }),
    ]);
    expect([none, unknown, wrong, right].map(({ status }) => status)).toEqual([1, 1, 2, 0]);
    expect(wrong.stderr).toBe(
      "lms: BATCHSIZE: 'abc' (from the environment) is not a whole number from 1 to 100000\n" +
        'Correct the settings named above; `lms config` shows where each one comes from. (SETTINGS)\n',
    );
  });

  it('ends quietly when whoever reads its output has gone', async () => {
    const child = spawn(process.execPath, [MAIN, 'config'], {
      env: {},
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ status: child.exitCode, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('says so when its output cannot be written', async () => {
    const child = spawn('sh', ['-c', 'exec "$0" "$1" config > /dev/full', process.execPath, MAIN], {
      env: {},
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(child.exitCode).toBe(14);
    expect(stderr).toContain('lms: cannot write to standard output: ENOSPC');
  });

  it('apologises in one line for a bug, wherever it strikes, and shows the stack for LOG_LEVEL=debug only', async () => {
    const bug = `process.once('newListener', (name) => setImmediate(() => { throw new TypeError('x is not a function'); }));`;
    const NODE_OPTIONS = before(bug);
    const [plain, debug] = await Promise.all([
      lmsProcess(['config'], { NODE_OPTIONS }),
      lmsProcess(['config'], { NODE_OPTIONS, LOG_LEVEL: 'debug' }),
    ]);
    expect(plain.status).toBe(70);
    expect(plain.stderr).toBe('lms: sorry, this is a bug in lms: TypeError: x is not a function\n');
    expect(debug.status).toBe(70);
    expect(debug.stderr).toMatch(/^lms: sorry.*\nTypeError: x is not a function\n {4}at /);
  });
});
