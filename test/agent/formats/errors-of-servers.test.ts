import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../../src/agent/formats/zone.ts';
import { CONTEXT, read } from './reading.ts';

describe("nginx's error log", () => {
  const LINE =
    '2026/11/05 13:45:00 [error] 1234#5678: *90 open() "/srv/www/favicon.ico" failed (2: No such file or directory), client: 10.0.0.1, server: example.com, request: "GET /favicon.ico HTTP/1.1", upstream: "http://127.0.0.1:8080/favicon.ico", host: "example.com", referrer: "https://example.com/"';

  it('has time, level, process and what a request was', () => {
    expect(read('nginx-error', LINE)).toEqual({
      timestamp: '2026-11-05 13:45:00.000000',
      severity: 'error',
      payload: LINE,
      tags: {
        pid: 1234,
        tid: 5678,
        connection: 90,
        ip: '10.0.0.1',
        server: 'example.com',
        request: 'GET /favicon.ico HTTP/1.1',
        upstream: 'http://127.0.0.1:8080/favicon.ico',
        vhost: 'example.com',
        referrer: 'https://example.com/',
      },
      asMessage: 'no',
    });
  });

  it('is no access: it has neither method nor path', () => {
    const { tags } = read('nginx-error', LINE)!;
    expect(tags).not.toHaveProperty('method');
    expect(tags).not.toHaveProperty('path');
  });

  it('has local times', () => {
    const context = { ...CONTEXT, zone: zoneOf('Europe/Berlin')! };
    expect(read('nginx-error', LINE, context)?.timestamp).toBe('2026-11-05 12:45:00.000000');
  });

  it.each([
    ['2026/11/05 13:45:00 [notice] 1#1: signal process started', 'info', { level: 'notice', pid: 1, tid: 1 }],
    [
      '2026/11/05 13:45:00 [emerg] 1#1: bind() to 0.0.0.0:80 failed',
      'fatal',
      { level: 'emerg', pid: 1, tid: 1 },
    ],
    [
      '2026/11/05 13:45:00 [warn] 7#7: *1 buffered, client: ::1, server: , request: "GET /"',
      'warn',
      { pid: 7, tid: 7, connection: 1, ip: '::1', server: '', request: 'GET /' },
    ],
  ])('%s', (line, severity, tags) => {
    expect(read('nginx-error', line)).toMatchObject({ severity, tags, payload: line });
  });

  it.each([
    '',
    '2026/11/05 13:45:00 hello',
    '2026/11/05 13:45:00 [loud] 1#1: x',
    '2026/13/05 13:45:00 [error] 1#1: x',
  ])('%j is none of it', (line) => {
    expect(read('nginx-error', line)).toBeUndefined();
  });
});

describe("Apache's error log", () => {
  it.each([
    [
      '[Thu Nov 05 13:45:00.123456 2026] [core:error] [pid 1234:tid 140093] [client 10.0.0.1:4711] AH00124: Request exceeded the limit of 10 internal redirects., referer: http://example.com/',
      '2026-11-05 13:45:00.123456',
      'error',
      {
        module: 'core',
        pid: 1234,
        tid: '140093',
        ip: '10.0.0.1',
        port: 4711,
        error_code: 'AH00124',
        referrer: 'http://example.com/',
      },
    ],
    [
      '[Thu Nov 05 13:45:00.123456 2026] [proxy:error] [pid 7] (111)Connection refused: [client ::1:4711] AH00957: HTTP: attempt to connect failed',
      '2026-11-05 13:45:00.123456',
      'error',
      { module: 'proxy', pid: 7, ip: '::1', port: 4711, error_code: 'AH00957' },
    ],
    [
      '[Thu Nov 05 13:45:00.123456 2026] [mpm_event:notice] [pid 1:tid 2] AH00489: Apache/2.4.65 configured',
      '2026-11-05 13:45:00.123456',
      'info',
      { module: 'mpm_event', level: 'notice', pid: 1, tid: '2', error_code: 'AH00489' },
    ],
    [
      '[Thu Nov  5 13:45:00 2026] [error] [client 10.0.0.1] File does not exist: /var/www/favicon.ico',
      '2026-11-05 13:45:00.000000',
      'error',
      { ip: '10.0.0.1' },
    ],
    [
      '[Thu Nov 05 13:45:00 2026] [error] [client ::1] denied',
      '2026-11-05 13:45:00.000000',
      'error',
      { ip: '::1' },
    ],
    [
      '[Thu Nov 05 13:45:00 2026] [ssl:trace4] [pid 1] x',
      '2026-11-05 13:45:00.000000',
      'debug',
      { level: 'trace4' },
    ],
  ])('%s', (line, timestamp, severity, tags) => {
    expect(read('apache-error', line)).toMatchObject({ timestamp, severity, tags, payload: line });
  });

  it.each(['', '[Thu Nov 05 13:45:00 2026] hello', '[Thu Nov 35 13:45:00 2026] [error] x', '[x] [error] y'])(
    '%j is none of it',
    (line) => {
      expect(read('apache-error', line)).toBeUndefined();
    },
  );
});
