import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lms } from '../cli/lms.ts';
import { startServe } from '../support/serve-process.ts';

describe('lms demo', () => {
  it('ends with a question and its answer, and its database takes the next one', async () => {
    const { status, stdout } = await lms(['demo', '--duration', '1', '--flush-interval', '0.2']);
    const [, path = ''] = /--database-url sqlite:(\S+)/.exec(stdout) ?? [];
    onTestFinished(() => rm(dirname(path), { recursive: true }));
    expect(status).toBe(0);
    expect(stdout).toMatch(/The tables agree\.[^]*What went wrong in bravo\?[^]*Ask the next one/);
    const asked = await lms([
      'logs',
      '--database-url',
      `sqlite:${path}`,
      'service:bravo severity>=error',
      '-n',
      '5',
    ]);
    const answer = stdout.split('\n').filter((line) => /^\d{4}-.* bravo /.test(line));
    expect(answer.map((line) => line.replace(/ .*/, ''))).toEqual(
      asked.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.replace(/ .*/, '')),
    );
    expect(dirname(path)).toContain('lms-demo-');
    const [, flags = ''] =
      /in a browser: run this, and open http:\/\/127\.0\.0\.1:8080\/\n\n.*lms\S* serve (.*)\n/.exec(stdout) ??
      [];
    const server = await startServe({}, flags.split(' '));
    const [, stored = ''] = /= ([\d,]+) stored/.exec(stdout) ?? [];
    const counted = await server.get('/api/v1/entries/count');
    expect(await counted.json()).toMatchObject({ count: Number(stored.replaceAll(',', '')) });
  });
});
