import { describe, expect, it } from 'vitest';
import { ZoneClock } from '../../src/query/zone-clock.ts';

describe('the clock of a zone', () => {
  it.each([
    ['UTC', '2026-11-25 14:00:05.123456', '2026-11-25 14:00:05.123456', '+00:00'],
    ['Europe/Berlin', '2026-07-01 23:30:00.000001', '2026-07-02 01:30:00.000001', '+02:00'],
    ['Asia/Kolkata', '2026-11-25 23:59:59.999999', '2026-11-26 05:29:59.999999', '+05:30'],
    ['America/St_Johns', '2026-01-01 01:00:00.000000', '2025-12-31 21:30:00.000000', '-03:30'],
    // The hour that comes twice, and the one that is left out.
    ['Europe/Berlin', '2026-10-25 00:30:00.000000', '2026-10-25 02:30:00.000000', '+02:00'],
    ['Europe/Berlin', '2026-10-25 01:30:00.000000', '2026-10-25 02:30:00.000000', '+01:00'],
    ['Europe/Berlin', '2026-03-29 00:59:59.999999', '2026-03-29 01:59:59.999999', '+01:00'],
    ['Europe/Berlin', '2026-03-29 01:00:00.000000', '2026-03-29 03:00:00.000000', '+02:00'],
    ['+09:00', '2026-11-25 20:00:00.000000', '2026-11-26 05:00:00.000000', '+09:00'],
  ])('%s shows %s as %s %s', (zone, time, local, offset) => {
    const clock = new ZoneClock(zone);
    expect(clock.at(time)).toEqual({ local, offset });
    expect(clock.at(time)).toEqual({ local, offset });
  });

  it('shows the first and the last time that there is', () => {
    expect(new ZoneClock('UTC').at('1000-01-01 00:00:00.000000').local).toBe('1000-01-01 00:00:00.000000');
    expect(new ZoneClock('UTC').at('9999-12-31 23:59:59.999999').local).toBe('9999-12-31 23:59:59.999999');
    expect(new ZoneClock('Asia/Tokyo').at('9999-12-31 23:59:59.999999').local).toContain('08:59:59.999999');
  });
});
