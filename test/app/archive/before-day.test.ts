import { describe, expect, it } from 'vitest';
import { beforeDay } from '../../../src/app/archive/before-day.ts';

const database = '2026-03-10 15:00:00.000000';
const machineMs = Date.UTC(2026, 2, 10, 15, 30);
const clocks = { machineMs, database };

describe('the day before which is archived', () => {
  it.each([
    ['2026-01-31', '2026-01-31'],
    ['2026-01-31T23:59', '2026-01-31'],
    ['2026-02-01T00:30:00+02:00', '2026-01-31'],
    ['9d', '2026-03-01'],
    ['today', '2026-03-10'],
    ['now', '2026-03-10'],
  ])('of %s is %s: whole days of UTC', (text, day) => {
    expect(beforeDay(text, clocks)).toBe(day);
  });

  it.each(['tomorrow', '2026-03-11', '+1d'])('is over: not %s', (text) => {
    expect(() => beforeDay(text, clocks)).toThrow(
      expect.objectContaining({
        code: 'QUESTION',
        message: expect.stringContaining('2026-03-10 at most') as string,
      }),
    );
  });

  it('is by no clock that is wrong', () => {
    for (const hours of [-2, 2, 24 * 365])
      expect(() => beforeDay('90d', { database, machineMs: machineMs + hours * 3_600_000 })).toThrow(
        expect.objectContaining({ code: 'QUESTION', message: expect.stringContaining('clock') as string }),
      );
  });

  it('is a time', () => {
    expect(() => beforeDay('soon', clocks)).toThrow(expect.objectContaining({ code: 'EXPRESSION' }));
  });
});
