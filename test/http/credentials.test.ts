import { describe, expect, it } from 'vitest';
import { credentialsOf, sessionCookie } from '../../src/http/credentials.ts';
import { requireOwnPage } from '../../src/http/same-origin.ts';
import { addressMatcher } from '../../src/http/trusted-addresses.ts';

describe('what a request says of who sent it', () => {
  it.each([
    [{ 'x-auth-token': 'a', authorization: 'Bearer b', cookie: 'lms-session=c' }, 'a', 'header'],
    [{ authorization: 'bearer b', cookie: 'lms-session=c' }, 'b', 'header'],
    [{ authorization: `Basic ${btoa('user:pass:word')}` }, 'pass:word', 'header'],
    [{ authorization: `Basic ${btoa('alone')}` }, 'alone', 'header'],
    [{ authorization: 'Negotiate abc', cookie: 'x=1; lms-session=c%3B; y=2' }, 'c;', 'session'],
    [{ cookie: 'lms-session=%zz' }, '%zz', 'session'],
  ])('%j', (headers, secret, kind) => {
    expect(credentialsOf(headers)).toEqual({ secret, kind });
  });

  it.each([
    {},
    { authorization: 'Bearer' },
    { authorization: 'Basic Og==' },
    { cookie: 'lms-session=' },
    { 'x-auth-token': '' },
  ])('nothing in %j', (headers) => {
    expect(credentialsOf(headers)).toBeUndefined();
  });

  it('a session’s cookie is read as it was written', () => {
    const secret = 'a;b,"c"=%1';
    expect(credentialsOf({ cookie: sessionCookie(secret, true).split(';', 1)[0] })?.secret).toBe(secret);
  });
});

describe('addresses that are trusted', () => {
  it('are those of the list, in whatever family a socket tells them', () => {
    const isTrusted = addressMatcher(['10.0.0.0/8', '::1', '192.0.2.7']);
    const asked = [
      '10.1.2.3',
      '::ffff:10.1.2.3',
      '::1',
      '192.0.2.7',
      '192.0.2.8',
      '::2',
      'nonsense',
      undefined,
    ];
    expect(asked.map(isTrusted)).toEqual([true, true, true, true, false, false, false, false]);
    expect(addressMatcher([])('127.0.0.1')).toBe(false);
  });
});

describe('a request that changes something', () => {
  const passes = (headers: Record<string, string>, mustSay: boolean, method = 'POST') => {
    try {
      requireOwnPage({ method, headers, host: 'logs:8080' }, { mustSay, origins: ['https://page.example'] });
      return true;
    } catch {
      return false;
    }
  };

  it('comes from a page of ours, from one of the list, or from no page', () => {
    expect(passes({}, false)).toBe(true);
    expect(passes({}, true)).toBe(false);
    expect(passes({}, true, 'GET')).toBe(true);
    expect(passes({ origin: 'http://logs:8080' }, true)).toBe(true);
    expect(passes({ origin: 'https://page.example', 'sec-fetch-site': 'cross-site' }, false)).toBe(true);
    for (const origin of ['null', '', 'http://logs:8081', 'http://logs:8080.evil.example', 'nonsense'])
      expect(passes({ origin }, false), origin).toBe(false);
    expect(passes({ 'sec-fetch-site': 'none', origin: 'http://logs:8080' }, true)).toBe(false);
  });
});
