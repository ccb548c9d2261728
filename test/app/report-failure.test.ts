import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { reportFailure } from '../../src/app/report-failure.ts';
import { LmsError } from '../../src/errors/catalogue.ts';

/** Reports and returns the exit status with what was printed. */
async function reported(error: unknown, env = {}): Promise<[number, string]> {
  const stderr = new PassThrough();
  const status = reportFailure(error, { env, stderr });
  stderr.end();
  return [status, await text(stderr)];
}

describe('reportFailure', () => {
  it('prints a failure of the catalogue with what to do and the code, and returns its exit status', async () => {
    expect(await reported(new LmsError('DATABASE_UNREACHABLE', 'nothing answers at 127.0.0.1:3306'))).toEqual(
      [
        3,
        'lms: nothing answers at 127.0.0.1:3306\n' +
          'Check host and port in DATABASE_URL and that the server is running. (DATABASE_UNREACHABLE)\n',
      ],
    );
  });

  it('never prints the stack of a failure of the catalogue', async () => {
    const [, printed] = await reported(new LmsError('INPUT', 'line 3 is not JSON'), { LOG_LEVEL: 'debug' });
    expect(printed).not.toContain(' at ');
  });

  it('begins each line with the name of the program', async () => {
    const [, printed] = await reported(new LmsError('SETTINGS', 'A: wrong\nB: wrong'));
    expect(printed.split('\n').slice(0, 2)).toEqual(['lms: A: wrong', 'lms: B: wrong']);
  });

  it('shows as an escape what cannot be seen', async () => {
    const [, printed] = await reported(new LmsError('INPUT', 'line 1: \u001b[2J\u202e\nline 2: \u009b'));
    expect(printed).toMatch(/^lms: line 1: \\u001b\[2J\\u202e\nlms: line 2: \\u009b\n/);
    const [, bug] = await reported(new Error('a\u202eb'), { LOG_LEVEL: 'debug' });
    expect(bug).toMatch(/^lms: sorry, this is a bug in lms: Error: a\\u202eb\nError: a\\u202eb\n +at /);
  });

  it('takes anything that was thrown for a bug, on one line', async () => {
    expect(await reported(new Error('first\n  second'))).toEqual([
      70,
      'lms: sorry, this is a bug in lms: Error: first second\n',
    ]);
    expect(await reported('a word')).toEqual([70, 'lms: sorry, this is a bug in lms: a word\n']);
  });
});
