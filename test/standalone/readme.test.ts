import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { lms } from '../cli/lms.ts';
import { brokerProject } from '../support/broker-project.ts';
import { freePort, listening } from '../support/ports.ts';
import { NAMES, receive } from '../support/topology.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(`${ROOT}README.md`, 'utf8');
const PATIENCE = { timeout: 30_000, interval: 200 };

let folder: string;
let port: number;

/** A directory with nothing but `./lms`, so that files of a command stay out of the checkout. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lms-test-readme-'));
  await symlink(`${ROOT}lms`, join(folder, 'lms'));
  port = await freePort();
});
afterAll(() => rm(folder, { recursive: true }));

/** Lines of the first code block after `text`, without comments. */
function block(text: string): string[] {
  const [, after = ''] = README.split(text);
  const [, code = ''] = after.split(/^```\w*$/m);
  return code
    .split('\n')
    .map((line) => line.replace(/ +#.*/, ''))
    .filter(Boolean);
}

/** The environment of a terminal in which the README's `export` was run, on a port that nobody else has. */
function exported(line: string): Readonly<Record<string, string>> {
  const pairs = [...line.replaceAll('8681', String(port)).matchAll(/(\w+)=(\S+)/g)];
  const settings = pairs.map(([, name = '', value = '']): [string, string] => [name, value]);
  return {
    PATH: process.env['PATH'] ?? '',
    METADATA_SERVER_DETECTION: 'none',
    ...Object.fromEntries(settings),
  };
}

describe('README.md, by hand', () => {
  const [exports = '', broker = '', mon = '', sim = '', verify = '', ...more] =
    block('By hand, without Docker');
  const background: ChildProcess[] = [];

  function start(command: string): ChildProcess {
    const child = spawn('sh', ['-c', `exec ${command}`], {
      cwd: folder,
      env: exported(exports),
      stdio: 'ignore',
    });
    background.push(child);
    return child;
  }

  afterAll(async () => {
    for (const child of background.toReversed()) {
      if (child.exitCode !== null) continue;
      child.kill();
      await once(child, 'exit');
    }
  });

  it('shows commands that store messages and find that the tables agree', { timeout: 120_000 }, async () => {
    const run = (command: string) =>
      promisify(execFile)('sh', ['-c', command], { cwd: folder, env: exported(exports) });
    expect([exports.split(' ')[0], more]).toEqual(['export', []]);

    start(`${broker} --port ${String(port)}`);
    await listening('127.0.0.1', port, AbortSignal.timeout(PATIENCE.timeout));
    start(mon);
    await vi.waitFor(() => run('./lms migrate status'), PATIENCE);
    const { stdout } = await run(sim);
    const published = Number(/^published ([\d,]+) messages/m.exec(stdout)?.[1]?.replaceAll(',', ''));
    expect(published).toBeGreaterThan(0);
    await vi.waitFor(async () => {
      const { stdout: table } = await run(verify);
      expect(table).toMatch(new RegExp(`^total +${String(published)} +${String(published)} `, 'm'));
      expect(table).toContain('The tables agree.');
    }, PATIENCE);
  });
});

describe('README.md, publish to it', () => {
  it('shows a message that is taken', async () => {
    await using project = await brokerProject();
    const message = JSON.parse(block('A message is JSON on the topic').join('')) as unknown;
    const outcome = await lms(['pub', '--file', '-'], project.env, JSON.stringify(message));
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });

  it('shows a command that publishes one', async () => {
    await using project = await brokerProject();
    const [command = ''] = block('"timestamp": "2026-11-21T10:15:00.123456Z"\n}\n```');
    expect(command).toContain('./lms pub');
    const env = { PATH: process.env['PATH'], METADATA_SERVER_DETECTION: 'none', ...project.env };
    await promisify(execFile)('sh', ['-c', command], { cwd: folder, env });
    const [message] = await receive(project.clients, NAMES.subscription, 1);
    expect(JSON.parse(Buffer.from(message!.data ?? '').toString())).toMatchObject({
      service_name: 'checkout',
    });
  });
});
