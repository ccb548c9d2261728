import { describe, expect, it } from 'vitest';
import { isRotatedName } from '../../../src/agent/files/rotated-names.ts';

describe('a name', () => {
  it.each([
    ['app.log.1', 'app.log'],
    ['app.log.12.gz', 'app.log'],
    ['app.log.gz', 'app.log'],
    ['app.log-20261201', 'app.log'],
    ['app.log-20261201-1764547200.gz', 'app.log'],
    ['app.log.2026-12-01', 'app.log'],
    ['app.log.2026-12-01T00:00:00Z', 'app.log'],
    ['app.log.old', 'app.log'],
    ['app.log.bak', 'app.log'],
    ['app-20261201.log', 'app.log'],
    ['app.1.log', 'app.log'],
    ['app_2026-12-01.log.gz', 'app.log'],
    ['syslog.1', 'syslog'],
    ['syslog-20261201', 'syslog'],
  ])('%s may be rotated away from %s', (name, original) => {
    expect(isRotatedName(`/var/log/${name}`, `/var/log/${original}`)).toBe(true);
  });

  it.each([
    ['app.log', 'app.log'],
    ['app.log.1', 'app.log.2'],
    ['app.logger', 'app.log'],
    ['app.log.d', 'app.log'],
    ['app.log.1.gz.tmp', 'app.log'],
    ['app.log.swp', 'app.log'],
    ['app-error.log', 'app.log'],
    ['application.log', 'app.log'],
    ['web-1.log', 'web-2.log'],
    ['other.log.1', 'app.log'],
    ['app.log', 'app.log.1'],
    ['syslog2', 'syslog'],
  ])('%s is not rotated away from %s', (name, original) => {
    expect(isRotatedName(`/var/log/${name}`, `/var/log/${original}`)).toBe(false);
  });
});
