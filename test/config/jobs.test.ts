import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JOB_NAMES } from '../../src/config/job-names.ts';
import { allOrSomeOf } from '../../src/config/parsers.ts';
import type { SettingName } from '../../src/config/schema.ts';
import { loadSettings } from '../../src/config/settings.ts';
import type { Environment } from '../../src/config/sources.ts';

function load(env: Environment, flags: Partial<Record<SettingName, string>> = {}) {
  return loadSettings({ flags, env, dotenvPath: undefined });
}

describe('JOBS', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'lms-jobs-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const names = allOrSomeOf(['rest', 'work', 'tidy']);

  it.each([
    ['all', ['rest', 'work', 'tidy']],
    ['none', []],
    ['', []],
    ['work', ['work']],
    ['tidy, rest', ['rest', 'tidy']],
    ['work,work', ['work']],
  ])('%j is %j', (text, expected) => {
    expect(names.parse(text)).toEqual(expected);
  });

  it.each(['works', 'work,', 'work,none', 'all,work', 'WORK'])(
    '%j is refused, with what there is',
    (text) => {
      expect(names.safeParse(text).error?.issues[0]?.message).toBe(
        'is not all, none, or some of these with commas between them: rest, work, tidy',
      );
    },
  );

  it('is none where it is empty, in a file too: nobody who writes so wants all', () => {
    const { settings, origins } = load({ JOBS: '' });
    expect(settings.jobs).toEqual([]);
    expect(origins.get('JOBS')).toBe('environment');
    expect(load({}, { JOBS: '' }).settings.jobs).toEqual([]);
    const dotenvPath = join(directory, '.env');
    writeFileSync(dotenvPath, 'JOBS=\nLOG_LEVEL=\n');
    const fromFile = loadSettings({ flags: {}, env: {}, dotenvPath });
    expect(fromFile.settings.jobs).toEqual([]);
    expect([fromFile.origins.get('JOBS'), fromFile.origins.get('LOG_LEVEL')]).toEqual(['.env', 'default']);
  });

  it('is all where nobody says anything, and refused by its name', () => {
    expect(load({}).settings.jobs).toEqual(JOB_NAMES);
    expect(() => load({ JOBS: 'no-such-job' })).toThrow(
      "JOBS: 'no-such-job' (from the environment) is not all, none",
    );
  });
});
