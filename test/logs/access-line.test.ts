import { describe, expect, it } from 'vitest';
import { readAccessLine } from '../../src/logs/access-line.ts';

const LINE = '23.59.50.157 - annstewart [18/Jul/2000 02:12:31 +0000] "POST /photos/90 HTTP/1.0" 500 97';

function tagsOf(line: string): unknown {
  return JSON.parse(readAccessLine(line)?.tags ?? 'null');
}

describe('a line of an access log', () => {
  it('is an entry with its time, its status as a severity, and what it says as tags', () => {
    expect(readAccessLine(LINE)).toEqual({
      timestamp: '2000-07-18 02:12:31.000000',
      severity: 'error',
      payload: LINE,
      tags: '{"host":"23.59.50.157","user":"annstewart","method":"POST","path":"/photos/90","protocol":"HTTP/1.0","code":500,"bytes":97}',
    });
    expect(readAccessLine(LINE.replace('500', '404'))?.severity).toBe('warn');
    expect(readAccessLine(LINE.replace('500', '200'))?.severity).toBe('info');
  });

  it('may have the colon of Apache, any offset, and no user, bytes or request', () => {
    const apache = LINE.replace('2000 02:12:31 +0000', '2000:02:12:31 -0130').replace('annstewart', '-');
    expect(readAccessLine(apache)?.timestamp).toBe('2000-07-18 03:42:31.000000');
    expect(tagsOf(apache)).not.toHaveProperty('user');
    expect(tagsOf(LINE.replace('97', '-'))).not.toHaveProperty('bytes');
    const unreadable = tagsOf(LINE.replace('POST /photos/90 HTTP/1.0', '\\x16\\x03'));
    expect(unreadable).toEqual({ host: '23.59.50.157', user: 'annstewart', code: 500, bytes: 97 });
    expect(readAccessLine(LINE.replace('97', '9223372036854775808'))?.tags).toContain(
      '"bytes":9223372036854775808}',
    );
  });

  it.each([
    '',
    'hello',
    LINE.replace('Jul', 'Jux'),
    LINE.replace('18/', '32/'),
    LINE.replace('500', '50'),
    LINE.replace('"POST', 'POST'),
  ])('%s is none', (line) => {
    expect(readAccessLine(line)).toBeUndefined();
  });

  it('of any length is told in time', () => {
    const startMs = performance.now();
    for (const piece of ['a [', 'a ', '[', '"', '\\', '- '])
      for (const times of [20_000, 5_000_000])
        expect(readAccessLine(`1 - ${piece.repeat(times)}`)).toBeUndefined();
    expect(readAccessLine(LINE.replace('/photos', `/${'x'.repeat(12_000_000)}`))).toBeUndefined();
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });
});
