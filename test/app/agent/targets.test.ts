import { describe, expect, it } from 'vitest';
import { Complaint, readBytes, readDuration } from '../../../src/app/agent/quantities.ts';
import { readTarget } from '../../../src/app/agent/targets.ts';

describe('an input', () => {
  it.each([
    ['-', { kind: 'stdin' }],
    ['/var/log/*.log', { kind: 'files', pattern: '/var/log/*.log' }],
    ['./C:/odd', { kind: 'files', pattern: './C:/odd' }],
    ['tcp://logs.example.com:9000', { kind: 'tcp', host: 'logs.example.com', port: 9000 }],
    ['TCP://[::1]:9000/', { kind: 'tcp', host: '::1', port: 9000 }],
    ['tcp-listen://:5140', { kind: 'tcp-listen', host: '::', port: 5140 }],
    ['udp-listen://*:514', { kind: 'udp-listen', host: '::', port: 514 }],
    ['tcp-listen://127.0.0.1:0', { kind: 'tcp-listen', host: '127.0.0.1', port: 0 }],
    ['udp-listen://0.0.0.0:514', { kind: 'udp-listen', host: '0.0.0.0', port: 514 }],
    ['unix:///dev/log', { kind: 'unix', path: '/dev/log' }],
  ])('%s is known', (text, target) => {
    expect(readTarget(text)).toEqual(target);
  });

  it.each([
    ['', 'empty'],
    ['a\0b', 'NUL'],
    ['~/app.log', 'Only a shell replaces a ~'],
    ['~', 'the whole path'],
    ['http://x', 'There is no http://'],
    ['tcp://x', 'tcp://host:port'],
    ['tcp://:80', 'tcp://host:port'],
    ['tcp://*:80', 'tcp://host:port'],
    ['tcp://x:0', 'tcp://host:port'],
    ['tcp://x:65536', 'tcp://host:port'],
    ['tcp://x:80/path', 'tcp://host:port'],
    ['unix://run/x', 'whole path'],
    [`unix:///${'x'.repeat(107)}`, '107 bytes'],
  ])('%j is none, and it is said why', (text, why) => {
    const target = readTarget(text);
    expect(target).toBeInstanceOf(Complaint);
    expect(target).toMatchObject({ message: expect.stringContaining(why) as string });
  });
});

describe('a quantity', () => {
  it.each([
    [5, 5_000],
    ['5', 5_000],
    ['5s', 5_000],
    ['500ms', 500],
    ['1.5 min', 90_000],
    ['2h', 7_200_000],
  ])('of time: %s', (text, ms) => {
    expect(readDuration(text)).toBe(ms);
  });

  it.each(['', '0', '-1', '5 weeks', '25d', 'NaN', null, {}])('%s is no time', (value) => {
    expect(readDuration(value)).toBeInstanceOf(Complaint);
  });

  it.each([
    [0, 0],
    ['1GB', 1e9],
    ['1g', 1e9],
    ['512MiB', 512 * 1024 ** 2],
    ['1.5 kB', 1_500],
    ['100B', 100],
  ])('of bytes: %s', (text, bytes) => {
    expect(readBytes(text)).toBe(bytes);
  });

  it.each(['', '-1', '1 PB', '99999999TB', 'i', null])('%s is no number of bytes', (value) => {
    expect(readBytes(value)).toBeInstanceOf(Complaint);
  });
});
