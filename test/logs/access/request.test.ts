import { describe, expect, it } from 'vitest';
import { parseRequest, sectionOf } from '../../../src/logs/access/request.ts';

describe('a request line', () => {
  it.each([
    ['GET /api/user HTTP/1.0', '/api'],
    ['GET /report HTTP/1.1', '/report'],
    ['GET / HTTP/1.1', '/'],
    ['GET /a/b/c', '/a'],
    ['GET //x HTTP/1.1', '/'],
    ['GET /report?from=/a/b HTTP/1.1', '/report'],
    ['GET /report#/a/b HTTP/1.1', '/report'],
    ['GET /?q=1 HTTP/1.1', '/'],
    ['GET http://example.com/api/x HTTP/1.1', '/api'],
    ['GET http://example.com?q HTTP/1.1', '/'],
    ['OPTIONS * HTTP/1.1', '-'],
    ['CONNECT example.com:443 HTTP/1.1', '-'],
    ['M-SEARCH /x HTTP/1.1', '/x'],
  ])('%s is of section %s', (line, section) => {
    const request = parseRequest(line);
    expect(request).toBeDefined();
    expect(sectionOf(request)).toBe(section);
  });

  it.each(['', '-', 'GET', 'GET ', ' /x', 'GET  /x', '\\x16\\x03\\x01 x', 'GET /a b c', '/x GET', '-X /x'])(
    '%j is none, and of no section',
    (line) => {
      expect(parseRequest(line)).toBeUndefined();
      expect(sectionOf(parseRequest(line))).toBe('-');
    },
  );
});
