import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPaths } from '../../../src/agent/files/paths.ts';
import { Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.make();
  await mkdir(rig.path('sub', 'deep'), { recursive: true });
  for (const name of ['a.log', 'b.log', 'c.txt', '.hidden', 'x[1].log', 'sub/d.log', 'sub/deep/e.log'])
    await writeFile(rig.path(name), '');
  await symlink('a.log', rig.path('link.log'));
  await symlink('nowhere', rig.path('dangling.log'));
  await symlink('sub', rig.path('linked'));
});
afterEach(async () => {
  await rig.remove();
});

async function found(...patterns: string[]): Promise<string[]> {
  const { paths, problems } = await findPaths(patterns.map((pattern) => rig.path(pattern)));
  expect(problems).toEqual([]);
  return Array.from(paths, (path) => relative(rig.path(), path)).toSorted();
}

describe('the files of a path', () => {
  it.each([
    [['a.log'], ['a.log']],
    [['nothing.log'], []],
    [['.'], ['a.log', 'b.log', 'c.txt', 'link.log', 'x[1].log']],
    [['sub'], ['sub/d.log']],
    [['linked'], ['linked/d.log']],
    [['*.log'], ['a.log', 'b.log', 'link.log', 'x[1].log']],
    [['?.log'], ['a.log', 'b.log']],
    [['[ab].log'], ['a.log', 'b.log']],
    [['{a,c}.*'], ['a.log', 'c.txt']],
    [['!(a|link|x*).log'], ['b.log']],
    [['sub/!(e).log'], ['sub/d.log']],
    [['.h*'], ['.hidden']],
    [['x[1].log'], ['x[1].log']],
    [['*/*.log'], ['linked/d.log', 'sub/d.log']],
    [['*/d.log'], ['linked/d.log', 'sub/d.log']],
    [['**/*.log'], ['a.log', 'b.log', 'link.log', 'sub/d.log', 'sub/deep/e.log', 'x[1].log']],
    [['**'], ['a.log', 'b.log', 'c.txt', 'link.log', 'sub/d.log', 'sub/deep/e.log', 'x[1].log']],
    [['sub/**/e.log'], ['sub/deep/e.log']],
    [
      ['a.log', '*.log', 'sub'],
      ['a.log', 'b.log', 'link.log', 'sub/d.log', 'x[1].log'],
    ],
  ])('%j are %j', async (patterns, files) => {
    expect(await found(...patterns)).toEqual(files);
  });

  it.each([
    [
      ['*.log', 'sub/nothing'],
      ['', 'sub'],
    ],
    [['*/d.log'], ['', 'linked', 'sub']],
    [['sub/**/e.log'], ['sub', 'sub/deep']],
    [['none/yet/a.log'], ['']],
    [['sub/none/*/x/*.log'], ['sub']],
    [['s*/none/*.log'], ['', 'sub']],
    [['a.log/x'], ['']],
  ])(
    '%j come with the directories in which new ones would be, as far as these are there',
    async (patterns, expected) => {
      const { directories } = await findPaths(patterns.map((pattern) => rig.path(pattern)));
      expect(Array.from(directories, (path) => relative(rig.path(), path)).toSorted()).toEqual(expected);
    },
  );

  it('are no pipes and no devices: of one that is named it is said what can be done', async () => {
    await promisify(execFile)('mkfifo', [rig.path('fifo.log')]);
    await symlink('/dev/null', rig.path('null.log'));
    expect(await found('*.log')).toEqual(['a.log', 'b.log', 'link.log', 'x[1].log']);
    const { paths, problems } = await findPaths([rig.path('fifo.log'), rig.path('null.log')]);
    expect(paths.size).toBe(0);
    expect(problems).toEqual(
      ['fifo.log', 'null.log'].map(
        (name) => `${rig.path(name)}: it is no file: what comes out of it can be piped to the input -`,
      ),
    );
  });
});
