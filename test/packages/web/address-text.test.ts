import { describe, expect, it } from 'vitest';
import { parseAddress, printAddress } from '../../../packages/web/src/state/address-text.ts';
import { ageMs, resolvedTime } from '../../../packages/web/src/state/run-times.ts';

describe('the address of the page', () => {
  it('is live as long as it names neither an end nor an entry', () => {
    expect(parseAddress('', 'UTC').isLive).toBe(true);
    expect(parseAddress('?since=1h', 'UTC').isLive).toBe(true);
    expect(parseAddress('?since=1h&at=2026-11-30T12:00:00.000Z', 'UTC').isLive).toBe(false);
    expect(parseAddress('?since=1h&at=2026-11-30T12:00:00.000Z&live=1', 'UTC').isLive).toBe(true);
    expect(parseAddress('?until=14:00&live=1', 'UTC').isLive).toBe(false);
    expect(parseAddress('?entry=abc', 'UTC').isLive).toBe(false);
    expect(parseAddress('?live=0', 'UTC').isLive).toBe(false);
  });

  it.each([
    '?tz=UTC',
    '?q=severity%3E%3Derror+%22a+b%22&tz=Europe%2FBerlin',
    '?since=1h&tz=UTC&at=2026-11-30T12%3A00%3A00.000Z&live=1&cols=service%2Cuser&wrap=1&entry=abc',
    '?q=x&tz=UTC&live=0&cols=',
    '?page=services&since=yesterday&until=today&tz=UTC',
  ])('is printed as it was read: %s', (search) => {
    expect(printAddress(parseAddress(search, 'UTC'))).toBe(search);
  });
});

it('a moment that cannot be read is none: relative times are measured anew', () => {
  for (const at of ['2026-11-25T14:0', 'yesterday', 'x']) {
    const address = parseAddress(`?since=1h&at=${at}`, 'UTC');
    expect(address).toMatchObject({ since: '1h', at: undefined, isLive: true });
  }
});

describe('relative times', () => {
  const NOON = Date.parse('2026-11-30T12:00:00Z');

  it('are measured from one moment', () => {
    expect(ageMs('1h30m')).toBe(5_400_000);
    expect(ageMs('yesterday')).toBeUndefined();
    expect(resolvedTime('-15m', NOON)).toBe('2026-11-30T11:45:00.000Z');
    expect(resolvedTime('now', NOON)).toBe('2026-11-30T12:00:00.000Z');
  });

  it('that are none are left to the server', () => {
    expect(resolvedTime('14:00', NOON)).toBe('14:00');
    expect(resolvedTime(undefined, NOON)).toBeUndefined();
  });

  it('before the first year that can be asked for have no beginning', () => {
    expect(resolvedTime('999999999w', NOON)).toBeUndefined();
  });
});
