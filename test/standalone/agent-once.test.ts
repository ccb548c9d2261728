import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lms } from '../cli/lms.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';

let project: BrokerProject;
let folder: string;

beforeEach(async () => {
  project = await brokerProject();
  folder = await mkdtemp(join(tmpdir(), 'lms-test-once-'));
});
afterEach(async () => {
  await project[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe('lms agent --once', () => {
  it.each([
    ['was cut', (whole: Buffer) => whole.subarray(0, whole.length / 2), 'it is compressed, and was cut'],
    ['is damaged', () => Buffer.from([0x1f, 0x8b, 1, 2, 3]), 'unknown compression method'],
  ])('says of a file among others that it %s, and sends the others', async (_, spoilt, reason) => {
    const lines = Array.from({ length: 2_000 }, () => `${Math.random()} of a log\n`).join('');
    await writeFile(join(folder, 'spoilt.log.gz'), spoilt(gzipSync(lines)));
    await writeFile(join(folder, 'whole.log'), 'a line\n');
    const args = ['agent', folder, '--once', '--state', join(folder, 'state')];
    const { status, stdout, stderr } = await lms(args, project.env);
    expect(stdout).toContain(`could not be read whole: ${join(folder, 'spoilt.log.gz')}: ${reason}`);
    expect(stdout).toMatch(/ sent \+ 0 refused\n/);
    expect(stderr).toMatch(/cannot be read: trying again|could not be read whole/);
    expect(status).toBe(13);
    expect(project.published('log-topic')).toBeGreaterThan(0);
  });
});
