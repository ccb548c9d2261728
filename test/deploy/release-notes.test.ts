import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/release-notes', import.meta.url));
const CHANGELOG = `# Changelog

What changes.

## [Unreleased]

- not out yet

## [1.2.3] - 2026-11-30

### Added

- one thing, which takes
  two lines
  - and has a part
- another, with
  8 parts

### Fixed

- a bug

## [1.2.0] - 2026-11-01

## [1.1.0] - 2026-10-01

- long ago

[1.2.3]: https://example.org/1.2.3
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lms-test-release-'));
  await writeFile(join(folder, 'CHANGELOG.md'), CHANGELOG);
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the script in a checkout whose package.json has this version. */
async function notes(tag: string, version: string): Promise<string> {
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'lms', version, private: true }, null, 2),
  );
  const { stdout } = await promisify(execFile)(SCRIPT, [tag], { cwd: folder });
  return stdout;
}

describe('scripts/release-notes', () => {
  it('cuts out what the changelog says of one version, and joins lines that were wrapped', async () => {
    expect(await notes('v1.2.3', '1.2.3')).toBe(
      '### Added\n\n- one thing, which takes two lines\n  - and has a part\n- another, with 8 parts\n\n### Fixed\n\n- a bug\n',
    );
  });

  it('ends where the links begin, and takes a dot for a dot', async () => {
    expect(await notes('v1.1.0', '1.1.0')).toBe('- long ago\n');
    await expect(notes('v1.1x0', '1.1x0')).rejects.toThrow('says nothing under ## [1.1x0]');
  });

  it.each([
    ['a tag that is not the version of package.json', 'v1.2.3', '1.2.4', 'package.json says 1.2.4'],
    ['a tag without a v', '1.2.3', '1.2.3', 'a tag is v and a version'],
    ['a version that the changelog does not know', 'v2.0.0', '2.0.0', 'says nothing under ## [2.0.0]'],
    ['a version of which it says nothing', 'v1.2.0', '1.2.0', 'says nothing under ## [1.2.0]'],
    ['what is not released', 'vUnreleased', '1.2.3', 'package.json says 1.2.3'],
  ])('refuses %s', async (_name, tag, version, reason) => {
    await expect(notes(tag, version)).rejects.toThrow(reason);
  });
});
