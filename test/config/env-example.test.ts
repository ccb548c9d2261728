import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { describe, expect, it } from 'vitest';
import { aboutSetting, SETTING_NAMES } from '../../src/config/schema.ts';
import { loadSettings } from '../../src/config/settings.ts';

const path = new URL('../../.env.example', import.meta.url);
const lines = parse(readFileSync(path));

describe('.env.example', () => {
  it('has every setting, in the order in which they are shown, and nothing else', () => {
    expect(Object.keys(lines)).toEqual(SETTING_NAMES);
  });

  it('shows the defaults', () => {
    const defaults = SETTING_NAMES.map((name) => [name, aboutSetting(name).default ?? '']);
    expect(lines).toEqual(Object.fromEntries(defaults));
  });

  it('changes nothing when it is copied to .env', () => {
    const untouched = loadSettings({ flags: {}, env: {}, dotenvPath: undefined });
    const copied = loadSettings({ flags: {}, env: lines, dotenvPath: undefined });
    expect(copied.settings).toEqual(untouched.settings);
  });
});
