import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { before, lms, lmsProcess } from './lms.ts';

describe('lms', () => {
  it('prints its usage and exits 1 without arguments', async () => {
    const { status, stdout, stderr } = await lms([]);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: lms [options] [command]');
  });

  it.each([['--help'], ['-h'], ['help']])('prints its usage and exits 0 for %s', async (word) => {
    const { status, stdout } = await lms([word]);
    expect(status).toBe(0);
    for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('prints its version', async () => {
    expect(await lms(['--version'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });

  it.each([
    [['frobnicate'], "lms: unknown command 'frobnicate' (try --help)\n"],
    [['confg'], "lms: unknown command 'confg' (did you mean config?)\n"],
    [['frobnicate', '--help'], "lms: unknown command 'frobnicate' (try --help)\n"],
    [['help', 'frobnicate'], "lms: unknown command 'frobnicate' (try --help)\n"],
    [['--loud'], "lms: unknown option '--loud' (try --help)\n"],
    [['config', '--loud'], "lms: unknown option '--loud' (try --help)\n"],
    [['config', '--batch-sise', '1'], "lms: unknown option '--batch-sise' (did you mean --batch-size?)\n"],
    [['config', '--batch-size'], "lms: option '--batch-size <rows>' argument missing (try --help)\n"],
    [['migrate', 'sideways'], "lms: unknown command 'sideways' (try --help)\n"],
  ])('says in one line what is wrong with %j, and exits 1', async (args, line) => {
    expect(await lms(args)).toEqual({ status: 1, stdout: '', stderr: line });
  });

  it.each(COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]))(
    'explains %s, with examples, in both ways of asking',
    async (name) => {
      const { status, stdout } = await lms([name, '--help']);
      expect(status).toBe(0);
      expect(stdout).toContain('Usage: lms ');
      expect(stdout).toContain('Examples:');
      expect(await lms(['help', name])).toMatchObject({ status: 0, stdout });
    },
  );

  it('has a file in src/cli/commands for each command, and no other file there', () => {
    const files = readdirSync(new URL('../../src/cli/commands/', import.meta.url));
    expect(files.toSorted()).toEqual(COMMANDS.map(({ name }) => `${name}.ts`).toSorted());
  });

  it('starts quickly: for its own usage it loads no command, and no library but the parser of arguments', async () => {
    const listLoaded = `
      import { registerHooks } from 'node:module';
      registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context); } });`;
    const { stderr } = await lmsProcess(['--help'], { NODE_OPTIONS: before(listLoaded) });
    const urls = stderr.split('\n');
    expect(urls.filter((url) => url.endsWith('/src/cli/program.ts'))).toHaveLength(1);
    for (const { name } of COMMANDS) expect(stderr).not.toContain(`/src/cli/commands/${name}.ts`);
    const packages = urls.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
    expect(new Set(packages)).toEqual(new Set(['commander']));
  });
});
