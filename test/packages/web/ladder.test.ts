import { describe, expect, it } from 'vitest';
import { climbed, shifted } from '../../../packages/web/src/state/question/ladder.ts';
import { clockOf, spanText } from '../../../packages/web/src/state/question/time-text.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.parse('2026-11-30T12:00:00Z');
const at = (hours: number) => NOON + hours * HOUR_MS;
const iso = (hours: number) => new Date(at(hours)).toISOString();

describe('the ladder', () => {
  const climb = (since: string | undefined, fromMs: number | undefined, direction: 'wider' | 'narrower') =>
    climbed({ since, until: undefined }, { fromMs }, { direction, nowMs: NOON });

  it('goes step by step up to all time and down to five minutes', () => {
    expect(climb('1h', at(-1), 'wider')).toEqual({ since: '6h', until: undefined });
    expect(climb('1h', at(-1), 'narrower')).toEqual({ since: '15m', until: undefined });
    expect(climb('30d', at(-720), 'wider')).toEqual({ since: undefined, until: undefined });
    expect(climb(undefined, undefined, 'wider')).toBeUndefined();
    expect(climb(undefined, undefined, 'narrower')).toEqual({ since: '30d', until: undefined });
    expect(climb('5m', at(-1 / 12), 'narrower')).toBeUndefined();
  });

  it('is entered from any other range', () => {
    expect(climb('2h', at(-2), 'wider')).toEqual({ since: '6h', until: undefined });
    expect(climb('2026-11-30T10:00', at(-2), 'narrower')).toEqual({ since: '1h', until: undefined });
    // Measured a moment ago, it is a moment wider.
    expect(climb('1h', at(-1) - 5_000, 'wider')).toEqual({ since: '6h', until: undefined });
  });

  it('keeps the middle of a range with an end, and ends at now', () => {
    const times = { since: 'x', until: 'y' };
    const zoom = { fromMs: at(-10), toMs: at(-9) };
    expect(climbed(times, zoom, { direction: 'wider', nowMs: NOON })).toEqual({
      since: iso(-12.5),
      until: iso(-6.5),
    });
    expect(climbed(times, { fromMs: at(-1), toMs: at(0) }, { direction: 'wider', nowMs: NOON })).toEqual({
      since: iso(-6),
      until: iso(0),
    });
    expect(climbed(times, { toMs: at(0) }, { direction: 'narrower', nowMs: NOON })).toEqual({
      since: iso(-720),
      until: iso(0),
    });
  });
});

describe('a shift', () => {
  it('moves a range by half its width, never beyond now', () => {
    expect(shifted({ fromMs: at(-1) }, { direction: 'earlier', nowMs: NOON })).toEqual({
      since: iso(-1.5),
      until: iso(-0.5),
    });
    const before = { fromMs: at(-3), toMs: at(-1.5) };
    expect(shifted(before, { direction: 'later', nowMs: NOON })).toEqual({
      since: iso(-2.25),
      until: iso(-0.75),
    });
    expect(shifted({ fromMs: at(-2), toMs: at(-0.5) }, { direction: 'later', nowMs: NOON })).toEqual({
      since: iso(-1.5),
      until: iso(0),
    });
    expect(shifted({ fromMs: at(-1) }, { direction: 'later', nowMs: NOON })).toBeUndefined();
    expect(shifted({}, { direction: 'earlier', nowMs: NOON })).toBeUndefined();
  });
});

describe('a range is shown', () => {
  const shown = (fromMs?: number, toMs?: number, zone = 'UTC') =>
    spanText({ fromMs, toMs }, { zone, nowMs: NOON, open: ['beginning', 'now'] });

  it('with dates where they are not those of today', () => {
    expect(shown(at(-1))).toBe('11:00:00 – now');
    expect(shown(at(-2), at(-1))).toBe('10:00:00 – 11:00:00');
    expect(shown(at(-25))).toBe('2026-11-29 11:00:00 – now');
    expect(shown(at(-25), at(-24.5))).toBe('2026-11-29 11:00:00 – 11:30:00');
    expect(shown(at(-25), at(-1))).toBe('2026-11-29 11:00:00 – 2026-11-30 11:00:00');
    expect(shown(undefined, at(-1))).toBe('beginning – 11:00:00');
    expect(shown(undefined, at(-25))).toBe('beginning – 2026-11-29 11:00:00');
    expect(shown()).toBe('beginning – now');
  });

  it('by the clocks of its zone', () => {
    expect(shown(at(-1), undefined, 'Asia/Kathmandu')).toBe('16:45:00 – now');
    expect(clockOf(NOON, 'Pacific/Auckland')).toEqual({ date: '2026-12-01', time: '01:00:00' });
  });
});
