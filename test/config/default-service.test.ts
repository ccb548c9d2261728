import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/settings.ts';

function defaultService(text?: string): string | undefined {
  const env = text === undefined ? {} : { DEFAULT_SERVICE: text };
  return loadSettings({ flags: {}, env, dotenvPath: undefined }).settings.defaultService;
}

describe('the service of messages that name none', () => {
  it('is none unless set', () => {
    expect(defaultService()).toBeUndefined();
    expect(defaultService('Käse 🧀')).toBe('Käse 🧀');
    expect(defaultService('🧀'.repeat(100))).toHaveLength(200);
  });

  it.each([' ', 'x'.repeat(101)])('is not %j', (text) => {
    expect(() => defaultService(text)).toThrow('1 to 100 characters');
  });
});
