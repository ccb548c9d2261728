import { describe, expect, it } from 'vitest';
import { emulatorAddress } from '../../src/pubsub/emulator-address.ts';

describe('the address of an emulator', () => {
  it.each([
    ['127.0.0.1:8681', { host: '127.0.0.1', port: 8681 }],
    ['pubsub:8681', { host: 'pubsub', port: 8681 }],
    ['http://pubsub:8681/', { host: 'pubsub', port: 8681 }],
    ['[::1]:8681', { host: '[::1]', port: 8681 }],
  ])('%s is a host and a port', (text, address) => {
    expect(emulatorAddress(text)).toEqual(address);
  });

  it.each(['localhost:8681', 'LOCALHOST:8681'])(
    '%s is 127.0.0.1, not what the name may mean in IPv6',
    (text) => {
      expect(emulatorAddress(text).host).toBe('127.0.0.1');
    },
  );

  it.each(['pubsub', 'pubsub:', ':8681', 'pubsub:0', 'pubsub:65536', '::1:8681', 'a b:1', ''])(
    '%j is refused with what would be right',
    (text) => {
      expect(() => emulatorAddress(text)).toThrow('should be host:port, like 127.0.0.1:8681');
    },
  );
});
