import { describe, expect, it } from 'vitest';
import { newRun, numbered } from '../../src/runs/run-ids.ts';

describe('newRun', () => {
  it('gives names that differ, even of runs that start in the same millisecond', () => {
    const names = Array.from({ length: 20 }, () => newRun(1_800_000_000_000));
    expect(new Set(names).size).toBeGreaterThan(15);
  });

  it('gives names that sort by time', () => {
    expect(newRun(1_800_000_000_000) < newRun(1_800_000_000_001)).toBe(true);
  });
});

describe('numbered', () => {
  it('gives every message an identity that fits its column, up to the last safe number', () => {
    const { event_id: eventId } = numbered(newRun(), Number.MAX_SAFE_INTEGER);
    expect(eventId).toMatch(/^[\x21-\x7e]{1,64}$/);
  });
});
