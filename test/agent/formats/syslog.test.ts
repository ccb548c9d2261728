import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../../src/agent/formats/zone.ts';
import { read } from './reading.ts';

describe('syslog of RFC 5424', () => {
  const LINE =
    '<165>1 2026-11-05T13:45:00.003000123+01:00 web1 checkout 1234 ID47 [origin@32473 ip="10.0.0.1" ip="10.0.0.2"][note@32473 text="a \\"b\\" \\] \\\\"] \ufeffstored';

  it('has everything that its header says, and structured data as tags', () => {
    expect(read('syslog', LINE)).toEqual({
      timestamp: '2026-11-05 12:45:00.003000',
      severity: 'info',
      service: 'checkout',
      host: 'web1',
      payload: LINE,
      tags: {
        'origin@32473': { ip: ['10.0.0.1', '10.0.0.2'] },
        'note@32473': { text: 'a "b" ] \\' },
        facility: 'local4',
        level: 'notice',
        pid: '1234',
        msgid: 'ID47',
        timestamp: '2026-11-05T13:45:00.003000123+01:00',
      },
      asMessage: 'no',
    });
  });

  it('may have nothing but its header', () => {
    expect(read('syslog', '<0>1 - - - - - -')).toMatchObject({
      severity: 'fatal',
      tags: { facility: 'kern', level: 'emerg' },
    });
    expect(read('syslog', '<0>1 - - - - - -')).not.toHaveProperty('timestamp');
  });

  it('with broken structured data is still a message of its priority', () => {
    for (const data of ['[x', '[x a=1]', '[]', 'x', '[x a="1]'])
      expect(read('syslog', `<11>1 2026-11-05T13:45:00Z web1 app - - ${data} y`)).toMatchObject({
        severity: 'error',
        tags: { facility: 'user' },
      });
  });

  it('keeps a name such as __proto__', () => {
    const tags = read('syslog', '<11>1 - - - - - [__proto__ __proto__="x"]')?.tags;
    expect(JSON.stringify(tags)).toContain('"__proto__":{"__proto__":"x"}');
  });
});

describe('syslog of RFC 3164', () => {
  it.each([
    [
      '<34>Nov  5 13:45:00 mymachine su: failed for lonvick',
      'fatal',
      'mymachine',
      'su',
      { facility: 'auth' },
    ],
    [
      '<86>Nov  5 13:45:00 web1 sshd[1234]: accepted',
      'info',
      'web1',
      'sshd',
      { facility: 'authpriv', pid: '1234' },
    ],
    ['<86>Nov  5 13:45:00 web1 sshd(pam_unix)[12]: opened', 'info', 'web1', 'sshd(pam_unix)', { pid: '12' }],
    [
      '<22>Nov  5 13:45:00 web1 postfix/smtpd[1]: connect',
      'info',
      'web1',
      'postfix/smtpd',
      { facility: 'mail' },
    ],
    [
      '<13>Nov  5 13:45:00 app[7]: no host, as on /dev/log',
      'info',
      undefined,
      'app',
      { level: 'notice', pid: '7' },
    ],
    ['<13>Nov  5 13:45:00.250 2001:db8::1 app: with a fraction', 'info', '2001:db8::1', 'app', {}],
    ['<13>2026-11-05T13:45:00.123456+00:00 web1 app: as rsyslog forwards', 'info', 'web1', 'app', {}],
    ['<13>Nov  5 2026 13:45:00 web1 app: with a year', 'info', 'web1', 'app', {}],
    [
      '<189>45: *Nov  5 13:45:00.123: %SYS-5-CONFIG_I: Configured',
      'info',
      undefined,
      undefined,
      { facility: 'local7' },
    ],
  ])('%s', (line, severity, host, service, tags) => {
    const reading = read('syslog', line);
    expect(reading).toMatchObject({ severity, tags, payload: line });
    expect([reading?.host, reading?.service]).toEqual([host, service]);
    expect(reading?.timestamp).toMatch(/^2026-11-05 13:45:00\./);
  });

  it('may be a priority alone: the rest is a message', () => {
    expect(read('syslog', '<11>something happened here')).toEqual({
      severity: 'error',
      payload: '<11>something happened here',
      tags: { facility: 'user' },
      asMessage: 'no',
    });
  });

  it('takes no word of a message for a host', () => {
    expect(read('syslog', '<11>Nov  5 13:45:00 something happened here')).not.toHaveProperty('host');
  });

  it.each(['', '<192>x', '<1234>x', '<x>y', 'hello', 'Nov  5 13:45:00', 'Nov  5 13:45:00 hello world'])(
    '%j is none',
    (line) => {
      expect(read('syslog', line)).toBeUndefined();
    },
  );
});

describe('the year of a time that has none', () => {
  const at = (time: string, observed: string, zone = 'UTC') =>
    read('syslog', `<13>${time} web1 app: x`, { observedMs: Date.parse(observed), zone: zoneOf(zone)! })
      ?.timestamp;

  it('is the one that brings it nearest: around New Year in both directions', () => {
    expect(at('Dec 31 23:59:59', '2027-01-01T00:00:01Z')).toBe('2026-12-31 23:59:59.000000');
    expect(at('Jan  1 00:00:01', '2026-12-31T23:59:59Z')).toBe('2027-01-01 00:00:01.000000');
    expect(at('Dec 31 23:59:59', '2026-12-31T23:59:59Z')).toBe('2026-12-31 23:59:59.000000');
    expect(at('Jan  1 00:00:00', '2027-01-01T00:00:00Z')).toBe('2027-01-01 00:00:00.000000');
    expect(at('Jul 20 12:00:00', '2027-01-01T00:00:00Z')).toBe('2026-07-20 12:00:00.000000');
    expect(at('Jun 20 12:00:00', '2027-01-01T00:00:00Z')).toBe('2027-06-20 12:00:00.000000');
  });

  it('is that of its own zone', () => {
    expect(at('Dec 31 20:00:00', '2027-01-01T01:00:05Z', 'America/New_York')).toBe(
      '2027-01-01 01:00:00.000000',
    );
    expect(at('Jan  1 08:59:59', '2026-12-31T23:59:59Z', 'Asia/Tokyo')).toBe('2026-12-31 23:59:59.000000');
  });

  it('has a 29 February', () => {
    expect(at('Feb 29 12:00:00', '2026-03-02T00:00:00Z')).toBe('2028-02-29 12:00:00.000000');
    expect(at('Feb 29 12:00:00', '2025-03-01T00:00:00Z')).toBe('2024-02-29 12:00:00.000000');
    expect(at('Feb 29 12:00:00', '2100-03-01T00:00:00Z')).toMatch(/^2(?:096|104)-02-29/);
    expect(at('Feb 30 12:00:00', '2026-03-01T00:00:00Z')).toBeUndefined();
  });
});

describe('a line of a file that syslog wrote', () => {
  it.each([
    ['Nov  5 13:45:00 web1 CRON[1234]: (root) CMD (true)', 'info', 'web1', 'CRON'],
    ['Nov  5 13:45:00 web1 kernel: [12345.678901] error: disk', 'info', 'web1', 'kernel'],
    ['Nov  5 13:45:00 web1 sshd[1]: error: kex_exchange_identification', 'error', 'web1', 'sshd'],
    ['2026-11-05T13:45:00.000000+00:00 web1 systemd: Started x', 'info', 'web1', 'systemd'],
    ['2026-11-05T13:45:00+0000 web1 systemd[1]: Started x', 'info', 'web1', 'systemd'],
  ])('%s', (line, severity, host, service) => {
    expect(read('syslog', line)).toMatchObject({
      timestamp: '2026-11-05 13:45:00.000000',
      severity,
      host,
      service,
      payload: line,
    });
  });

  it.each([
    '2026-11-05T13:45:00Z INFO main: started',
    '2026-11-05T13:45:00.123Z worker-1 task: done',
    '2026-11-05 13:45:00 ERROR db[3]: lost',
  ])('is no line of a program that only looks so: %s', (line) => {
    expect(read('syslog', line)).toBeUndefined();
  });
});
