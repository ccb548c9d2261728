import { describe, expect, it } from 'vitest';
import { hostOf, isLoopback } from '../../src/http/hosts.ts';

describe('a Host header', () => {
  it.each([
    ['localhost', 'localhost'],
    ['LOCALHOST:8080', 'localhost'],
    ['127.0.0.1:80', '127.0.0.1'],
    ['[::1]:80', '::1'],
    ['a.example', 'a.example'],
    ['', undefined],
    ['localhost, evil.example', undefined],
    ['evil.example@localhost', undefined],
    ['localhost:80:80', undefined],
    [undefined, undefined],
  ])('%s names %s', (header, host) => {
    expect(hostOf(header)).toBe(host);
  });
});

describe('a loopback address', () => {
  it.each(['localhost', '127.0.0.1', '127.9.9.9', '::1', '0:0:0:0:0:0:0:1', '0000::0001'])(
    '%s is one',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );
  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '::ffff:1',
    '1::1',
  ])('%s is none', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
