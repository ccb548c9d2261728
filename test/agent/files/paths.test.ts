import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
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

  it('come with the directories in which new ones would be', async () => {
    const { directories } = await findPaths([rig.path('*.log'), rig.path('sub', 'nothing')]);
    expect([...directories].toSorted()).toEqual([rig.path(), rig.path('sub')]);
  });
});
