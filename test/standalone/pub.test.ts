import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lms, MAIN } from '../cli/lms.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';
import { NAMES, receive } from '../support/topology.ts';

let project: BrokerProject;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lms-test-pub-'));
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  project = await brokerProject();
});
afterEach(() => project[Symbol.asyncDispose]());

function pub(args: readonly string[], input = '') {
  return lms(['pub', ...args], project.env, input);
}

function line(n: number): string {
  return `{"service_name":"files","payload":"line ${String(n)}","severity":"warn","timestamp":"2026-11-21T01:02:03Z"}`;
}

/** The texts of what was published, in the order of the publisher's numbers. */
async function texts(count: number): Promise<string[]> {
  const messages = await receive(project.clients, NAMES.subscription, count);
  return messages
    .sort((a, b) => Number(a.attributes?.['seq']) - Number(b.attributes?.['seq']))
    .map(({ data }) => Buffer.from(data ?? '').toString());
}

describe('lms pub', () => {
  it('publishes 3 test messages unless told how many, and prints their ids', async () => {
    const { status, stdout } = await pub([]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^(\d+\n){3}published 3 messages in /);
    expect((await texts(3)).map((text) => JSON.parse(text) as unknown)).toMatchObject(
      [1, 2, 3].map((n) => ({
        service_name: 'Admin',
        severity: 'info',
        payload: `Hello world ${String(n)}`,
      })),
    );
  });

  it('publishes what is piped in, and test messages where nothing is', async () => {
    const path = join(folder, 'piped.jsonl');
    await writeFile(path, [line(1), line(2)].join('\n'));
    const lmsPub = `'${process.execPath}' '${MAIN}' pub`;
    const execute = (script: string) =>
      promisify(execFile)('sh', ['-c', script], {
        env: { ...project.env, METADATA_SERVER_DETECTION: 'none' },
      });
    await expect(execute(`cat '${path}' | ${lmsPub}`)).resolves.toMatchObject({
      stdout: expect.stringMatching(/^published 2 messages in /) as string,
    });
    await execute(`${lmsPub} < '${path}'`);
    await execute(`${lmsPub} 1 < '${path}'`);
    await execute(`${lmsPub} < /dev/null`);
    const published = await texts(8);
    expect(published.filter((text) => text === line(1))).toHaveLength(2);
    expect(published.filter((text) => text.includes('Hello world'))).toHaveLength(4);
  });

  it('says how to publish a file to who names one', async () => {
    const { status, stderr } = await pub(['bad.jsonl']);
    expect(status).toBe(1);
    expect(stderr).toContain('lms pub --file bad.jsonl');
  });

  it('publishes the lines of a file, byte for byte', async () => {
    const lines = Array.from({ length: 12_345 }, (_, index) => line(index));
    const path = join(folder, 'logs.jsonl');
    await writeFile(path, lines.join('\n'));
    const { status, stdout } = await pub(['--file', path]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^published 12,345 messages in /);
    expect(await texts(12_345)).toEqual(lines);
  });

  it('publishes the valid lines of standard input and tells of the others by number', async () => {
    const { status, stdout, stderr } = await pub(['--file', '-'], `${line(1)}\nnonsense\n\n${line(2)}`);
    expect(status).toBe(13);
    expect(stdout).toMatch(/^published 2 messages in /);
    expect(stderr).toMatch(
      /^lms: line 2: .*JSON.*\nlms: 1 line was refused and not published\n.*\(INPUT\)\n$/,
    );
    expect(await texts(2)).toEqual([line(1), line(2)]);
  });

  it('tells of the first ten refused lines and counts the rest', async () => {
    const { stderr } = await pub(['--file', '-'], 'nonsense\n'.repeat(1_234));
    expect(stderr).toContain('line 10: ');
    expect(stderr).not.toContain('line 11: ');
    expect(stderr).toContain('and 1,224 more\nlms: 1,234 lines were refused and not published');
  });

  it('numbers the lines that bring no identity of their own, and says how many do', async () => {
    const entry = JSON.stringify({
      insertId: 'i',
      logName: 'projects/p/logs/l',
      textPayload: 'x',
      severity: 'INFO',
    });
    const { status, stdout } = await pub(
      ['--file', '-'],
      [entry, line(1), entry, line(2), line(3)].join('\n'),
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^published 5 messages in .*\n2 of them bring .* own: lms verify --run checks the other 3\n$/,
    );
    const messages = await receive(project.clients, NAMES.subscription, 5);
    const numbers = messages.map(({ attributes }) => attributes?.['seq']).filter((seq) => seq !== undefined);
    expect(numbers.toSorted()).toEqual(['1', '2', '3']);
  });

  it('publishes every line with --raw', async () => {
    const { status } = await pub(['--file', '-', '--raw'], `nonsense\n${line(1)}\n`);
    expect(status).toBe(0);
    expect(await texts(2)).toEqual(['nonsense', line(1)]);
  });

  it('prints the ids of lines only when asked to', async () => {
    const { stdout } = await pub(['--file', '-', '--ids'], `${line(1)}\n`);
    expect(stdout).toMatch(/^\d+\npublished 1 message in /);
  });

  it.each([
    ['a file that does not exist', ['--file', '/nonexistent/logs.jsonl'], 13, 'logs.jsonl'],
    ['a directory', ['--file', '/'], 13, 'cannot read /'],
    ['a quantity with a file', ['2', '--file', '-'], 1, 'qty'],
    ['a quantity that is no number', ['two'], 1, 'two'],
  ])('refuses %s', async (_name, args, status, said) => {
    const outcome = await pub(args);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toContain(said);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });

  it('ends with the reason when the topic refuses to take more, after telling what was published', async () => {
    await pub([]);
    project.broker.faults.refuse('Publish', { code: 7, details: 'not yours' });
    const { status, stdout, stderr } = await pub(['5']);
    expect(status).toBe(9);
    expect(stdout).toMatch(/^published 0 messages in /);
    expect(stderr).toContain('5 more messages were sent and not confirmed');
  });
});
