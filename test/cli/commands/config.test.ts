import { describe, expect, it } from 'vitest';
import { SETTING_NAMES } from '../../../src/config/schema.ts';
import { lms } from '../lms.ts';

describe('lms config', () => {
  it('shows every setting with its value, where it comes from and what it is', async () => {
    const { status, stdout } = await lms(['config', '--topic', 'other-topic'], { BATCHSIZE: '7' });
    expect(status).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(lines.map(([name]) => name)).toEqual(['setting', ...SETTING_NAMES]);
    expect(lines).toContainEqual([
      'BATCHSIZE',
      '7',
      'environment',
      'rows in a batch; a full one is flushed at once',
    ]);
    expect(lines).toContainEqual([
      'PUBSUB_TOPIC',
      'other-topic',
      'flag',
      'topic that log messages are published to',
    ]);
    expect(lines.find(([name]) => name === 'MAX_HELD_MESSAGES')?.slice(1, 3)).toEqual(['28', 'derived']);
    expect(lines.find(([name]) => name === 'DURATION')?.slice(1, 3)).toEqual(['(unset)', 'default']);
  });

  it('gives the same to programs as JSON', async () => {
    const { stdout } = await lms(['config', '--json'], { BATCHSIZE: '7' });
    const listed: unknown = JSON.parse(stdout);
    expect(listed).toHaveLength(SETTING_NAMES.length);
    expect(listed).toContainEqual({
      name: 'BATCHSIZE',
      value: '7',
      origin: 'environment',
      summary: 'rows in a batch; a full one is flushed at once',
    });
    expect(listed).toContainEqual(expect.objectContaining({ name: 'DURATION', value: null }));
  });

  it('hides the password, from wherever it comes', async () => {
    const url = 'mysql://root:secret@127.0.0.1/lms';
    for (const args of [['config'], ['config', '--json'], ['config', '--batch-size', 'x']]) {
      const { stdout, stderr } = await lms(args, { DATABASE_URL: url });
      expect(stdout + stderr).not.toContain('secret');
    }
    expect((await lms(['config', '--database-url', url])).stdout).toContain('mysql://root:***@127.0.0.1/lms');
  });

  it('reports all faults together and exits 2', async () => {
    const { status, stdout, stderr } = await lms(['config', '--batch-size', '0'], { FLUSHINTERVAL: '-1' });
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.split('\n').slice(0, 2)).toEqual([
      "lms: --batch-size: '0' (from the command line) is not a whole number from 1 to 100000",
      "lms: FLUSHINTERVAL: '-1' (from the environment) is not a number of seconds from 0.05 to 3600",
    ]);
  });

  it('describes each flag with the name of its setting and its default', async () => {
    const { stdout } = await lms(['config', '--help']);
    const help = stdout.replace(/\s+/g, ' ');
    expect(help).toContain(
      '--batch-size <rows> rows in a batch; a full one is flushed at once (BATCHSIZE, default: 5000)',
    );
    for (const name of SETTING_NAMES) expect(help).toContain(`(${name}`);
  });
});
