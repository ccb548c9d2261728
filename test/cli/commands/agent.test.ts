import { readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AGENT_OPTION_NAMES } from '../../../src/app/agent/agent-options.ts';
import { INPUT_OPTION_NAMES } from '../../../src/app/agent/input-options.ts';
import { lms } from '../lms.ts';

const ACCESS = '23.59.50.157 - annstewart [18/Jul/2000 02:12:31 +0000] "POST /photos/90 HTTP/1.0" 500 97\n';
/** Nothing listens there: whoever gets so far waits for ever. */
const ENV = { PUBSUB_EMULATOR_HOST: '127.0.0.1:1' };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lms-test-agent-'));
});
afterEach(() => rm(folder, { recursive: true }));

function agent(...args: readonly string[]) {
  return lms(['agent', ...args], ENV);
}

async function fileOf(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** `flushPartial` is the flag `--flush-partial`; of tags each has its own. */
function flagOf(name: string): string {
  return name === 'tags' ? '--tag' : `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

describe('the options of an agent', () => {
  it('are the same as flags, in agent.yaml and in the documentation', async () => {
    const { stdout } = await agent('--help');
    const { stdout: check } = await agent('check', '--help');
    const page = readFileSync(new URL('../../../docs/agent.md', import.meta.url), 'utf8');
    for (const name of [...INPUT_OPTION_NAMES, ...AGENT_OPTION_NAMES]) {
      const flag = flagOf(name);
      expect(stdout, flag).toMatch(new RegExp(`^ +${flag}\\b`, 'm'));
      if (name !== 'healthPort') expect(check, flag).toMatch(new RegExp(`^ +${flag}\\b`, 'm'));
      const inYaml = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      expect(page, name).toMatch(new RegExp(`^\\| \`${flag}\\b[^|]*\\| \`${inYaml}\\b`, 'm'));
    }
  });

  it('mean the same as flags and in agent.yaml', async () => {
    await fileOf('app.log', '2026-11-05T13:45:00Z one\n');
    const flags = [
      ['--service', 'shop', '--host', 'web-1', '--tag', 'env=test', '--tag', 'v=1.10', '--format', 'text'],
      ['--multiline', '^\\d', '--zone', '+02:00', '--flush-partial', '500ms', '--name', 'a1'],
      ['--state', '/state', '--url', 'http://127.0.0.1:1'],
    ].flat();
    const yaml = await fileOf(
      'agent.yaml',
      `name: a1\nstate: /state\nurl: http://127.0.0.1:1\ninputs:\n  - input: ${folder}/app.log\n` +
        '    service: shop\n    host: web-1\n    tags: { env: test, v: 1.10 }\n    format: text\n' +
        "    multiline: '^\\d'\n    zone: '+02:00'\n    flush_partial: 500ms\n",
    );
    for (const json of [[], ['--json']]) {
      const byFlags = await agent('check', join(folder, 'app.log'), ...flags, ...json);
      const byFile = await agent('check', yaml, ...json);
      expect(byFlags.stdout).toBe(byFile.stdout);
      expect(byFile.stdout).toContain('1.10');
    }
  });
});

describe('an agent that is called in a wrong way', () => {
  it.each([
    [['/x', '--reconnect'], '--reconnect: It is for tcp:// alone.'],
    [['/x', '--spool', '1GB'], '--spool: It is for sockets and pipes'],
    [['/x', '--url', 'http://x', '--topic', 'lines'], '--topic is for Pub/Sub'],
    [['/x', '--url', 'http://x', '--emulator-host', 'localhost:1'], '--emulator-host is for Pub/Sub'],
    [['/x', '--url', 'https://user:secret@x'], 'LMS_TOKEN'],
    [['/x', '--url', 'logs.example.com'], 'such as https://logs.example.com'],
    [['/x', '--url', ''], 'such as https://logs.example.com'],
    [['/x', '--name', ''], '--name'],
    [['/x', '--state', ''], 'the path of a directory'],
    [['/x', '--service', 'x'.repeat(101)], '1 to 100 characters'],
    [['~/x.log'], 'Only a shell replaces a ~'],
    [['/x', 'agent.yaml'], 'agent.yaml is called like a file of inputs'],
    [['agent.yaml', '--config', 'other.yaml'], 'agent.yaml is called like a file of inputs'],
    [['udp-listen://127.0.0.1:0', '--pace'], '--pace is for what can be held up'],
    [['tcp-listen://127.0.0.1:0', '--once'], '--once is for what has an end: tcp-listen://127.0.0.1:0'],
    [['tcp://127.0.0.1:1', '--once', '--reconnect'], '--once is for what has an end'],
    [['--service', 'shop', 'check', '/x'], '--service stands behind check'],
  ])('%j: %s', async (args, message) => {
    const { status, stderr, stdout } = await agent(...args);
    expect(stderr).toContain(message);
    expect([status, stdout]).toEqual([1, '']);
  });

  it('says that a file of inputs is not there, or is none', async () => {
    for (const [args, message] of [
      [['check'], 'cannot read agent.yaml: it is not there'],
      [['--config', join(folder, 'none.yaml')], 'none.yaml: it is not there'],
      [['--config', folder], `cannot read ${folder}: it is a directory`],
      [['--config', await fileOf('a.conf', ACCESS)], ':1:1: It should have inputs: a list'],
    ] as const) {
      const { status, stderr } = await agent(...args);
      expect(stderr).toContain(message);
      expect(status).toBe(33);
    }
  });

  it('says that an input is named here and in the file', async () => {
    const path = await fileOf('agent.yaml', `inputs: [${folder}/x.log]\n`);
    const { status, stderr } = await agent('--config', path, `${folder}/./x.log`);
    expect(stderr).toContain(`x.log is named here and in ${path}: name it in one of both`);
    expect(status).toBe(1);
  });
});

describe('lms agent check, with inputs', () => {
  it('says of the words of a command line what they would read', async () => {
    const path = await fileOf('access.log', ACCESS.repeat(60));
    const { status, stdout } = await agent('check', path, '--service', 'shop', '--url', 'http://127.0.0.1:1');
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^sends to http:\/\/127\.0\.0\.1:1, remembers in \//),
      `${path}  (service shop, host ${hostname()}, agent=${hostname()})`,
      `  ${path}  5.2 KiB  access (100% of the first 50 lines)`,
      `    2000-07-18 02:12:31.000000  error  shop  ${ACCESS.trimEnd()}`.slice(0, 160),
      expect.stringMatching(
        /^ {6}file:\S+ agent:\S+ host:\S+ ip:23\.59\.50\.157 user:annstewart method:POST /,
      ),
      '',
    ]);
    expect(status).toBe(0);
  });

  it('reads a file once that has several names, as an agent does', async () => {
    const path = await fileOf('app.log', 'one\n');
    await symlink(path, join(folder, 'current'));
    const { stdout } = await agent('check', path, `${folder}/*`, `${folder}/./app.log`);
    expect(stdout).toContain(`note: ${path} is read by ${path}, which is named before it\n`);
    expect(stdout).toContain(
      `note: ${folder}/current is the same file as ${path}, and is read by ${path}, which is named before it\n`,
    );
    // What is named again in other words is one input.
    expect(stdout).not.toContain('/./');
    const { stdout: alone } = await agent('check', `${folder}/*`);
    expect(alone).toContain(`note: ${folder}/current is the same file as ${path}, and is read once\n`);
  });

  it('says how it would take what is no file', async () => {
    const { status, stdout } = await agent(
      'check',
      ...['-', 'tcp-listen://:5140', 'tcp://h:1', `unix://${folder}/s`, `unix://${folder}/none/s`],
    );
    expect(stdout).toContain('\n  reads to the end, format auto, multiline off, nothing waits on the disk\n');
    expect(stdout).toContain('\n  listens, format auto, multiline off, 954 MiB may wait on the disk\n');
    expect(stdout).toContain('\n  connects once, format auto');
    expect(stdout).toContain(`  cannot be read: ${folder}/none cannot be written to: it is not there\n`);
    expect(status).toBe(33);
    const { stdout: json } = await agent('check', 'tcp://h:1', '--reconnect', '--json');
    expect(JSON.parse(json)).toMatchObject({ input: 'tcp://h:1', reconnect: true, spoolBytes: 0, found: 0 });
  });

  it.runIf(process.getuid?.() === 0)('says what this user may not read', async () => {
    await mkdir(join(folder, 'closed'));
    await fileOf('closed/a.log', 'one\n');
    const path = await fileOf('b.log', 'one\n');
    await chmod(folder, 0o755);
    for (const each of [join(folder, 'closed'), path]) {
      await chmod(each, 0o600);
      await chown(each, 0, 0);
    }
    process.seteuid?.(65_534);
    const checked = await agent('check', `${folder}/closed`, path, `${folder}/closed/*.log`).finally(() =>
      process.seteuid?.(0),
    );
    expect(checked.stdout).toContain(`  cannot be read: ${folder}/closed: this user may not read it\n`);
    expect(checked.stdout).toContain(`  cannot be read: ${path}: this user may not read it\n`);
    expect(checked.stdout).not.toContain('there is no file yet');
    expect(checked.stderr).toContain('lms: 3 of 3 inputs cannot be read whole\n');
    expect(checked.status).toBe(33);
  });
});
