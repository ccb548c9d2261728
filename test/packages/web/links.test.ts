import { describe, expect, it } from 'vitest';
import { parseAddress, printAddress } from '../../../packages/web/src/state/address-text.ts';
import { absoluteAddress, relativeAddress } from '../../../packages/web/src/state/question/link-times.ts';
import { mistakeIn, mistakeInTime, readSpan } from '../../../packages/web/src/state/question/parsing.ts';
import { searchId } from '../../../packages/web/src/state/question/search-id.ts';
import { resolvedTime } from '../../../packages/web/src/state/run-times.ts';

const NOW = Date.parse('2026-11-25T14:07:05.250Z');
const BERLIN = { nowMs: NOW, zone: 'Europe/Berlin' };

/** What an address asks for, and the address with exactly these times. */
function exactly(search: string): string | undefined {
  const address = parseAddress(search, 'Europe/Berlin');
  const atMs = Date.parse(address.at ?? '') || NOW;
  const [since, until] = [address.since, address.until].map((time) => resolvedTime(time, atMs));
  const span = readSpan({ since, until }, BERLIN);
  const exact = absoluteAddress(address, { since, until, span }, NOW);
  return exact && decodeURIComponent(printAddress(exact));
}

describe('a link to exactly these times', () => {
  it('has the times that were measured, and the zone', () => {
    expect(exactly('?q=a&since=1h&at=2026-11-25T13:00:00.000Z&live=1')).toBe(
      '?q=a&since=2026-11-25T12:00:00.000Z&until=2026-11-25T14:07:05.250Z&tz=Europe/Berlin',
    );
  });

  it('has what times mean that are written otherwise', () => {
    expect(exactly('?since=yesterday&until=14:00')).toBe(
      '?since=2026-11-23T23:00:00.000Z&until=2026-11-25T12:59:59.999Z&tz=Europe/Berlin',
    );
  });

  it('asks from the same first microsecond to the same last one', () => {
    for (const until of ['14:00', '2026-11-25', '2026-11-25T14:00:05', '2026-11-25T13:00:05.5Z']) {
      const to = new URLSearchParams(exactly(`?since=2026-11-01&until=${until}`)).get('until') ?? '';
      const written = readSpan({ since: undefined, until }, BERLIN)?.toMs;
      expect(readSpan({ since: undefined, until: to }, BERLIN)?.toMs, until).toBe(written);
    }
  });

  it('is open where the question is, but for its end', () => {
    expect(exactly('?q=a')).toBe('?q=a&until=2026-11-25T14:07:05.250Z&tz=Europe/Berlin');
  });

  it('of times that can be read nowhere there is not', () => {
    expect(exactly('?since=whenever')).toBeUndefined();
  });
});

it('a link that is asked anew says times as they were written', () => {
  const search = '?q=a&since=1h&at=2026-11-25T13:00:00.000Z&tz=UTC&entry=x';
  expect(printAddress(relativeAddress(parseAddress(search, 'UTC')))).toBe('?q=a&since=1h&tz=UTC');
});

describe('what reads as the server does', () => {
  it('finds what is wrong, and where', () => {
    expect(mistakeIn('a severity>=wran', BERLIN)).toMatchObject({ at: 12, length: 4 });
    expect(mistakeIn('a severity>=warn', BERLIN)).toBeUndefined();
    expect(mistakeInTime('25:00', BERLIN)).toMatchObject({ message: 'There is no such time.' });
    expect(mistakeInTime('2h', BERLIN)).toBeUndefined();
  });
});

describe('the id of a saved search', () => {
  it('is made of its name, the same again, another one for another name', () => {
    expect(searchId('errors')).toBe('errors');
    const names = [
      'Card declined!',
      'card-declined',
      'card declined',
      'カード',
      'カート',
      'a'.repeat(100),
      '…',
    ];
    const ids = names.map(searchId);
    expect(names.map(searchId)).toEqual(ids);
    expect(new Set(ids).size).toBe(names.length);
    for (const id of ids) expect(id).toMatch(/^[\w.~-]{1,64}$/);
  });
});
