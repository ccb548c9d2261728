import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/settings.ts';
import type { Environment } from '../../src/config/sources.ts';

function load(env: Environment) {
  return loadSettings({ flags: {}, env, dotenvPath: undefined });
}

describe('the endpoint of Pub/Sub', () => {
  it.each(['europe-west3-pubsub.googleapis.com', 'pubsub.internal:8443', '[::1]:443'])(
    'may be %s',
    (text) => {
      expect(load({ PUBSUB_API_ENDPOINT: text }).settings.apiEndpoint).toBe(text);
    },
  );

  it.each(['https://pubsub.googleapis.com', 'host:0', 'host:port', 'a b'])('is not %s', (text) => {
    expect(() => load({ PUBSUB_API_ENDPOINT: text })).toThrow('is not a host or host:port');
  });

  it('is refused beside an emulator, where it would be ignored', () => {
    const env = { PUBSUB_API_ENDPOINT: 'h', PUBSUB_EMULATOR_HOST: '127.0.0.1:1' };
    expect(() => load(env)).toThrow('cannot be combined with PUBSUB_EMULATOR_HOST');
  });
});
