import { describe, expect, it } from 'vitest';
import { csvHeader, isCsvHeaderOf, scanAccessCsv } from '../../../src/logs/access/csv.ts';
import { accessEntry } from '../../../src/logs/access/line.ts';

const HEADER = '"remotehost","rfc931","authuser","date","request","status","bytes"';
const LINE = '"10.0.0.1","-","apache",1549574332,"GET /api/user HTTP/1.0",200,1234';

function stored(line: string): unknown {
  const fields = scanAccessCsv(line);
  return fields && JSON.parse(JSON.stringify(accessEntry(fields)));
}

describe('a line of an access log in CSV', () => {
  it('is an entry at its Unix second', () => {
    expect(stored(LINE)).toEqual({
      timestamp: '2019-02-07 21:18:52.000000',
      severity: 'info',
      tags: {
        ip: '10.0.0.1',
        user: 'apache',
        method: 'GET',
        path: '/api/user',
        section: '/api',
        protocol: 'HTTP/1.0',
        code: 200,
        bytes: 1234,
      },
    });
  });

  it('may do without quotes, have them inside, and end with a carriage return', () => {
    expect(stored(LINE.replaceAll('"', ''))).toEqual(stored(LINE));
    expect(stored(`${LINE}\r`)).toEqual(stored(LINE));
    expect(scanAccessCsv(LINE.replace('/api/user', '/a""b,c'))?.request?.path).toBe('/a"b,c');
    expect(scanAccessCsv(LINE.replace('1549574332', '1549574332.25'))?.timestamp).toBe(
      '2019-02-07 21:18:52.250000',
    );
  });

  it('is none if a quote is left open, and so swallows no other', () => {
    expect(scanAccessCsv(LINE.replace('HTTP/1.0"', 'HTTP/1.0'))).toBeUndefined();
    expect(scanAccessCsv(LINE.replace('"10.0.0.1"', '"10.0.0.1'))).toBeUndefined();
  });

  it.each([
    '',
    HEADER,
    '1,2,3',
    LINE.replace('1549574332', 'yesterday'),
    LINE.replace(',200,', ',20,'),
    LINE.replace('1234', '12x'),
    LINE.replace('"10.0.0.1"', '""'),
  ])('%s is none', (line) => {
    expect(scanAccessCsv(line)).toBeUndefined();
  });

  it('has its columns where a header says', () => {
    expect(csvHeader(HEADER)).toEqual(csvHeader('remotehost,rfc931,authuser,date,request,status,bytes\r'));
    const columns = csvHeader('date,status,bytes,remotehost,rfc931,authuser,request,extra');
    const fields = scanAccessCsv('1549574332,404,-,::1,-,-,"HEAD / HTTP/1.1",x', columns);
    expect(fields).toMatchObject({
      ip: '::1',
      code: 404,
      bytes: undefined,
      request: { method: 'HEAD', path: '/' },
    });
    expect(csvHeader(LINE)).toBeUndefined();
    expect(csvHeader('remotehost,date')).toBeUndefined();
  });

  it('may come after its header again, if that has the same columns', () => {
    const usual = csvHeader(HEADER)!;
    for (const again of [HEADER, HEADER.replaceAll('"', ''), `${HEADER}\r`])
      expect(isCsvHeaderOf(again, usual)).toBe(true);
    const other = 'date,status,bytes,remotehost,rfc931,authuser,request';
    expect(isCsvHeaderOf(other, csvHeader(other)!)).toBe(true);
    expect([other, LINE, 'remotehost', ''].map((line) => isCsvHeaderOf(line, usual))).toEqual([
      ...[false, false, false, false],
    ]);
  });

  it('of any length is told in time', () => {
    const startMs = performance.now();
    for (const piece of [',', '"', '"",', 'a,', '1,'])
      for (const times of [20_000, 5_000_000]) expect(scanAccessCsv(piece.repeat(times))).toBeUndefined();
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });
});
