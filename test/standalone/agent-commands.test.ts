import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { lms, MAIN, startLms } from '../cli/lms.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';
import { freePort } from '../support/ports.ts';
import { onTerminal } from '../support/terminal.ts';
import { NAMES } from '../support/topology.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };
const LMS = `'${process.execPath}' '${MAIN}'`;
const LINE = '2026-11-05T13:45:00Z line\n';

let project: BrokerProject;
let folder: string;

beforeEach(async () => {
  project = await brokerProject();
  folder = await mkdtemp(join(tmpdir(), 'lms-test-agent-'));
});
afterEach(async () => {
  await project[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function fileOf(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const state = () => ['--state', join(folder, 'state')];

/** Environment of an agent whose broker is away, and that stops soon. */
async function awayEnv() {
  return { PUBSUB_EMULATOR_HOST: `127.0.0.1:${String(await freePort())}`, SHUTDOWN_TIMEOUT: '0.1' };
}

describe('the words of a command line', () => {
  it('mean other files in another directory, and the same ones again in the first', async () => {
    const before = process.cwd();
    onTestFinished(() => {
      process.chdir(before);
    });
    const readIn = async (name: string) => {
      process.chdir(join(folder, name));
      return lms(['agent', 'app.log', '--once', ...state()], project.env);
    };
    for (const name of ['one', 'other']) {
      await mkdir(join(folder, name));
      await fileOf(`${name}/app.log`, LINE.repeat(2));
    }
    expect((await readIn('one')).stdout).toMatch(/^2 lines = 2 read /);
    await appendFile(join(folder, 'one/app.log'), LINE);
    const other = await readIn('other');
    expect(other.stdout).toMatch(/^2 lines = 2 read /);
    expect(other.stderr).not.toContain('were not read');
    expect((await readIn('one')).stdout).toMatch(/^1 line = 1 read /);
    expect(project.published(NAMES.topic)).toBe(5);
  });

  it('name a file once, however often', async () => {
    const path = await fileOf('app.log', LINE.repeat(3));
    const args = [path, path, `${folder}/./app.log`, `${folder}/*.log`, folder, '--once', ...state()];
    const { stdout, status } = await lms(['agent', ...args], project.env);
    expect(stdout).toMatch(/^3 lines = 3 read /);
    expect(status).toBe(0);
    expect(project.published(NAMES.topic)).toBe(3);
  });

  it('may be a file of inputs alone', async () => {
    await fileOf('app.log', LINE);
    const path = await fileOf('agent.yaml', `state: ${folder}/state\ninputs: ['${folder}/*.log']\n`);
    const { stdout } = await lms(['agent', path, '--once'], project.env);
    expect(stdout).toMatch(/^1 line = 1 read /);
  });
});

describe('an agent', () => {
  it('says that there is no file yet, and reads it once it is there', async () => {
    const path = join(folder, 'late.log');
    const running = startLms(['agent', path, ...state()], project.env);
    await expect.poll(() => running.printedSoFar().stderr, PATIENCE).toContain('there is no file yet');
    await fileOf('late.log', LINE);
    await expect.poll(() => project.published(NAMES.topic), PATIENCE).toBe(1);
    expect((await running.stop()).status).toBe(0);
  });

  it('ends with 13 if what it should read to the end is not there', async () => {
    const { status, stderr } = await lms(['agent', `${folder}/none*`, '--once', ...state()], project.env);
    expect(stderr).toContain(`Nothing can be read of ${folder}/none*: there is no such file.`);
    expect(status).toBe(13);
  });

  it('that is stopped before the end says so, and what was sent', async () => {
    const path = await fileOf('app.log', LINE.repeat(3));
    const running = startLms(['agent', path, '--once', ...state()], await awayEnv());
    await expect.poll(() => running.printedSoFar().stderr, PATIENCE).toContain('takes no entries');
    const { status, stdout, stderr } = await running.stop('SIGINT');
    expect(stderr).toContain('stopping: what is under way is waited for');
    expect(stderr).toContain('(AGENT_STOPPED)');
    expect(stdout).toMatch(/^0 lines = 0 read /);
    expect(stdout).toContain('3 more entries not confirmed: the next run sends them');
    expect(status).toBe(130);
    expect((await lms(['agent', path, '--once', ...state()], project.env)).stdout).toMatch(/^3 lines /);
  });

  it('that follows files and is stopped has lost nothing: status 0', async () => {
    const path = await fileOf('app.log', LINE.repeat(3));
    const running = startLms(['agent', path, ...state()], await awayEnv());
    await expect.poll(() => running.printedSoFar().stderr, PATIENCE).toContain('takes no entries');
    const { status, stdout } = await running.stop();
    expect(stdout).toContain('3 more entries not confirmed: the next run sends them');
    expect(status).toBe(0);
  });

  it('says where else it may send to, if there is no way into Google Cloud', async () => {
    const path = await fileOf('app.log', LINE);
    const env = { PATH: process.env['PATH'], HOME: folder, METADATA_SERVER_DETECTION: 'none' };
    const { status, stderr } = await startLms(['agent', path, ...state()], env).ended;
    expect(stderr).toContain('cannot sign in to Google Cloud');
    expect(stderr).toContain('say --url; to an emulator or `lms broker`, --emulator-host.');
    expect(status).toBe(9);
  });

  it.each(['agent check', 'agent --once'])(
    '%s ends well where nobody reads what it prints',
    async (words) => {
      const path = await fileOf('app.log', LINE.repeat(3));
      const command = `set -o pipefail; ${LMS} ${words} '${path}' ${state().join(' ')} | true`;
      const { stderr } = await promisify(execFile)('bash', ['--norc', '-c', command], {
        env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', ...project.env },
      });
      expect(stderr).toBe('');
    },
  );
});

describe('an agent on a terminal', () => {
  const run = async (words: string, env: Readonly<Record<string, string>> = {}, columns = 80) => {
    const path = await fileOf('app.log', LINE.repeat(60));
    return onTerminal(`${LMS} agent ${words} '${path}' ${state().join(' ')}`, {
      columns,
      rows: 24,
      env: { ...project.env, ...env },
    });
  };

  it('shows how far it is, and log lines above that', async () => {
    const { screen, status } = await run('--once');
    expect(status).toBe(0);
    expect(screen).toMatch(/lines \d/);
    expect(screen).toContain('60 entries = 60 sent + 0 refused\n');
    const told = screen.split('\n').filter((line) => /"format": ?"text"/.test(line));
    expect(told).toHaveLength(1);
    // The bar that stood in its line was cleared before.
    expect(told[0]?.split('\r\x1b[K').at(-1)).toMatch(/^(?:\x1b\[[\d;]+m)*\[/);
  });

  it('has no colours where NO_COLOR says so', async () => {
    expect((await run('--once')).screen).toMatch(/\x1b\[3\dm/);
    await rm(join(folder, 'state'), { recursive: true });
    expect((await run('--once', { NO_COLOR: '1' })).screen).not.toMatch(/\x1b\[3\dm/);
  });

  it('shows no more than a narrow one has room for', async () => {
    const { screen, status } = await run('check --url http://127.0.0.1:1', {}, 40);
    expect(status).toBe(0);
    expect(screen.split('\n').find((line) => line.includes('2026-11-05'))).toHaveLength(40);
  });

  it('tells whoever types how that ends', async () => {
    const keys = [{ after: /Ctrl-D/, type: 'typed\n\x04' }];
    const terminal = { columns: 80, rows: 24, env: project.env, keys };
    const { screen, status } = await onTerminal(`${LMS} agent - ${state().join(' ')}`, terminal);
    expect(screen).toContain('lms: reading what is typed here: Ctrl-D on a line of its own ends it\n');
    expect(screen).toContain('1 entry = 1 sent');
    expect(status).toBe(0);
  });
});
