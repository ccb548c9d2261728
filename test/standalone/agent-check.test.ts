import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lms } from '../cli/lms.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lms-test-check-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('lms agent check', () => {
  it('looks at a log that is packed to a thousandth', async () => {
    const path = join(folder, 'again.log.gz');
    await writeFile(path, gzipSync('2026-11-05T13:45:00Z the same line again\n'.repeat(2_000_000)));
    const { status, stdout } = await lms(['agent', 'check', path]);
    expect(stdout).toMatch(/text \(100% of the first \d+ lines\)/);
    expect(status).toBe(0);
  });

  it('says what is left out, for it is compressed in a way that is not unpacked', async () => {
    const path = join(folder, 'old.log.xz');
    await writeFile(path, Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04]));
    const { status, stdout } = await lms(['agent', 'check', path]);
    expect(stdout).toContain('left out: it is compressed by xz, and only gzip is unpacked');
    expect(status).toBe(0);
  });

  it('takes all but some files for a pattern', async () => {
    for (const name of ['a.log', 'b.log']) await writeFile(join(folder, name), 'a line\n');
    const { status, stdout } = await lms(['agent', 'check', join(folder, '!(a).log')]);
    expect(stdout).toContain('b.log');
    expect(stdout).not.toContain('/a.log');
    expect(status).toBe(0);
  });
});
