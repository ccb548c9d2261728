import { describe, expect, it } from 'vitest';
import { UTC, zoneOf } from '../../../src/agent/formats/zone.ts';

function unix(zone: string, local: string): string {
  const seconds = zoneOf(zone)!.toUnixSeconds(Date.parse(`${local}Z`) / 1000);
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}

describe('a zone', () => {
  it.each([
    ['Europe/Berlin', '2026-01-05T13:45:00', '2026-01-05T12:45:00'],
    ['Europe/Berlin', '2026-07-05T13:45:00', '2026-07-05T11:45:00'],
    ['America/New_York', '2026-12-31T20:00:00', '2027-01-01T01:00:00'],
    ['Asia/Kathmandu', '2026-11-05T13:45:00', '2026-11-05T08:00:00'],
    ['+02:00', '2026-11-05T13:45:00', '2026-11-05T11:45:00'],
    // In spring an hour is left out, in autumn one comes twice.
    ['Europe/Berlin', '2026-03-29T01:59:59', '2026-03-29T00:59:59'],
    ['Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29T01:30:00'],
    ['Europe/Berlin', '2026-03-29T03:00:00', '2026-03-29T01:00:00'],
    ['Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00'],
    ['Europe/Berlin', '2026-10-25T03:00:00', '2026-10-25T02:00:00'],
    ['America/New_York', '2026-11-01T01:30:00', '2026-11-01T05:30:00'],
  ])('%s: %s is %s in UTC', (zone, local, expected) => {
    expect(unix(zone, local)).toBe(expected);
  });

  it('of no such name is none', () => {
    for (const name of ['', 'Mars/Olympus', 'x']) expect(zoneOf(name)).toBeUndefined();
  });

  it('UTC changes nothing', () => {
    expect(UTC.toUnixSeconds(12)).toBe(12);
  });
});
