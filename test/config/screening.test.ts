import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/settings.ts';

function load(env: Record<string, string>) {
  return loadSettings({ flags: {}, env, dotenvPath: undefined }).settings;
}

function refusal(env: Record<string, string>): string {
  try {
    load(env);
  } catch (error) {
    return String(error);
  }
  return '';
}

describe('DISCARD and REDACT', () => {
  it('are unset unless somebody sets them; nothing is as good as unset', () => {
    expect(load({})).toMatchObject({ discard: undefined, redact: undefined });
    expect(load({ DISCARD: '', REDACT: '' })).toMatchObject({ discard: undefined, redact: undefined });
  });

  it('are read once, as data that another process can be sent', () => {
    const settings = load({ DISCARD: 'severity:debug', REDACT: 'tag:password; /\\d{4}/i=#' });
    expect(settings.discard).toEqual({ kind: 'severity', severities: ['debug'] });
    expect(settings.redact).toMatchObject([{ kind: 'tag' }, { kind: 'pattern', ignoresCase: true }]);
    expect(JSON.parse(JSON.stringify(settings.redact))).toEqual(settings.redact);
  });

  it('that cannot be read are told with all other mistakes, each with its place', () => {
    const lines = refusal({
      DISCARD: 'severity:debug time:today',
      REDACT: 'emial; tag:password; /(a/',
      BATCHSIZE: 'many',
    }).split('\n');
    expect(lines).toHaveLength(4);
    const text = lines.join('\n');
    expect(text).toMatch(
      /^.*DISCARD: 'severity:debug time:today' \(from the environment\) .* at `today` \(character 21\)/m,
    );
    expect(text).toMatch(/^REDACT: .* at `emial` \(character 1\): This names no rule\. Expected `email`$/m);
    expect(text).toMatch(/^REDACT: .* at `\(` \(character 23\): This `\(` is never closed\./m);
    expect(text).toMatch(/^.*BATCHSIZE: 'many'/m);
  });

  it('say where something is missing', () => {
    expect(refusal({ DISCARD: 'severity:' })).toContain('at its end, behind `severity:` (character 10)');
  });
});
