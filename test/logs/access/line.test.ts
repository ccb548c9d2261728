import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAccessLine, scanAccessLine } from '../../../src/logs/access/line.ts';

const LINE = '23.59.50.157 - annstewart [18/Jul/2000 02:12:31 +0000] "POST /photos/90 HTTP/1.0" 500 97';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

/** The tags as they are stored. */
function tagsOf(line: string): Record<string, unknown> {
  return JSON.parse(JSON.stringify(readAccessLine(line)?.tags ?? null)) as Record<string, unknown>;
}

describe('a line of an access log', () => {
  it('is an entry with its time, its status as a severity, and what it says as tags', () => {
    expect(readAccessLine(LINE)).toMatchObject({
      timestamp: '2000-07-18 02:12:31.000000',
      severity: 'error',
    });
    expect(JSON.stringify(readAccessLine(LINE)?.tags)).toBe(
      '{"ip":"23.59.50.157","user":"annstewart","method":"POST","path":"/photos/90","section":"/photos","protocol":"HTTP/1.0","code":500,"bytes":97}',
    );
    expect(readAccessLine(LINE.replace('500', '404'))?.severity).toBe('warn');
    expect(readAccessLine(LINE.replace('500', '200'))?.severity).toBe('info');
  });

  it('may have the colon of Apache, any offset, and no user, bytes or request', () => {
    const apache = LINE.replace('2000 02:12:31 +0000', '2000:02:12:31 -0130').replace('annstewart', '-');
    expect(readAccessLine(apache)?.timestamp).toBe('2000-07-18 03:42:31.000000');
    expect(tagsOf(apache)).not.toHaveProperty('user');
    expect(tagsOf(LINE.replace('97', '-'))).not.toHaveProperty('bytes');
    const unreadable = tagsOf(LINE.replace('POST /photos/90 HTTP/1.0', '\\x16\\x03\\x01'));
    expect(unreadable).toEqual({
      ip: '23.59.50.157',
      user: 'annstewart',
      section: '-',
      code: 500,
      bytes: 97,
    });
  });

  it('says numbers of bytes exactly, however large', () => {
    for (const bytes of ['9007199254740993', '9223372036854775808', '99999999999999999999'])
      expect(JSON.stringify(readAccessLine(LINE.replace('97', bytes))?.tags)).toContain(`"bytes":${bytes}}`);
  });

  it('may have a fraction of a second, and says so if the column holds less of it', () => {
    const fraction = (digits: string) => LINE.replace('02:12:31', `02:12:31.${digits}`);
    expect(readAccessLine(fraction('123'))?.timestamp).toBe('2000-07-18 02:12:31.123000');
    expect(tagsOf(fraction('123'))).not.toHaveProperty('timestamp');
    expect(tagsOf(fraction('123456789'))).toMatchObject({
      timestamp: '18/Jul/2000 02:12:31.123456789 +0000',
    });
  });

  it.each([
    ['a user with spaces', LINE.replace('annstewart', 'Ann M. Stewart'), { user: 'Ann M. Stewart' }],
    ['an ident', LINE.replace(' - ann', ' identd ann'), { ident: 'identd', user: 'annstewart' }],
    ['a user in brackets', LINE.replace('annstewart', 'ann [admin]'), { user: 'ann [admin]' }],
    ['IPv6', LINE.replace('23.59.50.157', '2001:db8::1'), { ip: '2001:db8::1', user: 'annstewart' }],
    [
      'IPv6 and a name with spaces',
      LINE.replace('23.59.50.157', '2001:db8::1').replace('annstewart', 'john smith'),
      { ip: '2001:db8::1', user: 'john smith' },
    ],
    [
      'a virtual host with its port',
      `www.example.com:443 ${LINE}`,
      { vhost: 'www.example.com:443', ip: '23.59.50.157' },
    ],
    ['a virtual host', `www.example.com ${LINE}`, { vhost: 'www.example.com', ip: '23.59.50.157' }],
    [
      'a virtual host before IPv6',
      `www.example.com:80 ${LINE.replace('23.59.50.157', '::ffff:10.0.0.1')}`,
      { vhost: 'www.example.com:80', ip: '::ffff:10.0.0.1' },
    ],
    [
      'a virtual host before a name',
      `www.example.com:80 ${LINE.replace('23.59.50.157', 'client.example.org')}`,
      { vhost: 'www.example.com:80', ip: 'client.example.org' },
    ],
    ['a list of proxies', `198.51.100.7, 10.0.0.2, ${LINE}`, { ip: '198.51.100.7', user: 'annstewart' }],
    ['an escaped quote', LINE.replace('/photos/90', '/a\\"b'), { path: '/a"b', section: '/a"b' }],
    [
      'a quote that is not escaped',
      LINE.replace('/photos/90', '/a"b/c'),
      { path: '/a"b/c', section: '/a"b' },
    ],
    [
      'a space in its path',
      LINE.replace('/photos/90', '/my photos/90'),
      { path: '/my photos/90', section: '/my photos' },
    ],
    ['no protocol', LINE.replace(' HTTP/1.0', ''), { method: 'POST', path: '/photos/90' }],
    ['a method in small letters', LINE.replace('POST', 'post'), { method: 'POST' }],
    ['a carriage return', `${LINE}\r`, { bytes: 97 }],
  ])('may have %s', (_what, line, tags) => {
    expect(tagsOf(line)).toMatchObject({ code: 500, ...tags });
  });

  it('ends no request at an escaped quote: who asks cannot make up a status', () => {
    const line = LINE.replace('/photos/90', '/a\\" 200 5 b');
    expect(tagsOf(line)).toMatchObject({ code: 500, bytes: 97, path: '/a" 200 5 b' });
  });

  it('does not take an empty user in quotes for a name', () => {
    expect(tagsOf(LINE.replace('annstewart', '""'))).not.toHaveProperty('user');
  });

  it.each([
    [
      'combined',
      `"http://example.com/start.html" "${FIREFOX}"`,
      { referrer: 'http://example.com/start.html', user_agent: FIREFOX },
    ],
    ['without a referrer', `"-" "curl/8.5.0"`, { user_agent: 'curl/8.5.0' }],
    ['with escapes', `"-" "a \\"quoted\\" one \\\\"`, { user_agent: 'a "quoted" one \\' }],
    ['with a request time', `"-" "curl/8.5.0" 0.005`, { user_agent: 'curl/8.5.0', duration: 0.005 }],
    ['with a named request time', `"-" "curl/8.5.0" rt=0.120 uct="0.000"`, { duration: 0.12 }],
    ['with milliseconds', `"-" "-" 17 "web@docker" "http://10.0.0.5:80" 12ms`, { duration: 0.012 }],
    [
      'with forwarded addresses',
      `"-" "curl/8.5.0" "198.51.100.7, 10.0.0.2"`,
      { forwarded_for: '198.51.100.7, 10.0.0.2' },
    ],
    ['and a time alone', `0.250`, { duration: 0.25 }],
  ])('may go on: %s', (_what, rest, tags) => {
    expect(tagsOf(`${LINE} ${rest}`)).toMatchObject(tags);
  });

  it('takes no whole number for a duration: its unit is not known', () => {
    expect(tagsOf(`${LINE} "-" "curl/8.5.0" 1234`)).not.toHaveProperty('duration');
  });

  it.each([
    '',
    'hello',
    LINE.replace('Jul', 'Jux'),
    LINE.replace('18/', '32/'),
    LINE.replace('02:12', '24:12'),
    LINE.replace('+0000', '+0060'),
    LINE.replace('500', '50'),
    LINE.replace('97', '9x'),
    LINE.replace('"POST', 'POST'),
    LINE.replace('- annstewart ', ''),
    LINE.slice(0, -10),
  ])('%s is none', (line) => {
    expect(readAccessLine(line)).toBeUndefined();
  });

  it('of any length is told in time', () => {
    const startMs = performance.now();
    for (const piece of ['a [', 'a ', '[', '"', '\\', '- ', '" 200 x'])
      for (const times of [20_000, 5_000_000])
        expect(readAccessLine(`1 - ${piece.repeat(times)}`)).toBeUndefined();
    const stamp = '1 - - [18/Jul/2000 02:12:31 +0000] "';
    for (const piece of ['"', '\\"', '\\', ', 1', '" 200 '])
      expect(() => readAccessLine(stamp + piece.repeat(30_000))).not.toThrow();
    expect(() => readAccessLine(`${'1, '.repeat(20_000)}${LINE}`)).not.toThrow();
    expect(() => readAccessLine(`${LINE} ${'"1, '.repeat(15_000)}`)).not.toThrow();
    expect(readAccessLine(LINE.replace('/photos', `/${'x'.repeat(12_000_000)}`))).toBeUndefined();
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });

  it('says the time that was written, whatever its offset', () => {
    const instants = fc.date({
      min: new Date('1001-01-01'),
      max: new Date('9998-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        fc.constantFrom(':', ' '),
        (date, offset, between) => {
          const line = LINE.replace(/\[.*\]/, `[${clf(date, offset, between)}]`);
          const expected = date
            .toISOString()
            .replace('T', ' ')
            .replace(/\.\d{3}Z/, '.000000');
          expect(scanAccessLine(line)?.timestamp).toBe(expected);
        },
      ),
    );
  });
});

function clf(date: Date, offsetMinutes: number, between: string): string {
  const local = new Date(date.getTime() + offsetMinutes * 60_000).toUTCString();
  const [, day, month, year, clock] = /(\d\d) (\w{3}) (\d{4}) (\S+)/.exec(local)!;
  const two = (value: number) => String(value).padStart(2, '0');
  const size = Math.abs(offsetMinutes);
  const sign = offsetMinutes < 0 ? '-' : '+';
  return `${day}/${month}/${year}${between}${clock} ${sign}${two(Math.floor(size / 60))}${two(size % 60)}`;
}
