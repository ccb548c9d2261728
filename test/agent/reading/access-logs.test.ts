import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceEvent } from '../../../src/agent/reading/source-event.ts';
import { CONTEXT } from '../formats/reading.ts';
import { CSV_HEADER, payloads, readAll, readerOf } from './reading.ts';

const { observedMs } = CONTEXT;
const LINE = '23.59.50.157 - annstewart [18/Jul/2000 02:12:31 +0000] "POST /photos/90 HTTP/1.0" 500 97';
const CSV = '"10.0.0.1","-","apache",1549574332,"GET /api/user HTTP/1.0",200,1234';

const times = (events: readonly SourceEvent[]) => events.map(({ reading }) => reading.timestamp);
const severities = (events: readonly SourceEvent[]) => events.map(({ reading }) => reading.severity);

/** The tags as they are stored: numbers of any size are as they were written. */
function stored(events: readonly SourceEvent[]): string[] {
  return events.map(({ reading }) => JSON.stringify(reading.tags));
}

function sections(requests: readonly string[]): unknown[] {
  const lines = requests.map((request) => CSV.replace('GET /api/user HTTP/1.0', request));
  return readAll(lines.join('\n'), { format: 'csv' }).map(({ reading }) => reading.tags['section']);
}

describe('an access log that a server of lines sends', () => {
  it('is entries with the original lines, at their own times, in whatever order these are', () => {
    const seconds = [31, 29, 30, 28, 31];
    const lines = seconds.map((second) => LINE.replace('12:31', `12:${String(second)}`));
    const events = readAll(`${lines.join('\n')}\n`);
    expect(payloads(events)).toEqual(lines);
    expect(times(events)).toEqual(seconds.map((second) => `2000-07-18 02:12:${String(second)}.000000`));
  });

  it('may have either date, any offset, no user, no bytes and CR at the end, in one file', () => {
    const lines = [
      LINE,
      LINE.replace('2000 02:12:31 +0000', '2000:04:12:31 +0200'),
      LINE.replace('2000 02:12:31 +0000', '2000:01:42:31 -0030'),
      LINE.replace('annstewart', '-'),
      LINE.replace(/97$/, '-'),
    ];
    const events = readAll(`${lines.join('\r\n')}\r\n`);
    expect(payloads(events)).toEqual(lines);
    expect(new Set(times(events))).toEqual(new Set(['2000-07-18 02:12:31.000000']));
    expect(events.map(({ reading }) => reading.tags['user'])).toEqual([
      ...['annstewart', 'annstewart', 'annstewart', undefined, 'annstewart'],
    ]);
    expect(events.map(({ reading }) => reading.tags['bytes'])).toEqual([97, 97, 97, 97, undefined]);
    expect(events.some(({ reading }) => 'parse_error' in reading.tags)).toBe(false);
  });

  it('is the same wherever its lines are split between reads', () => {
    const bytes = Buffer.from(`${LINE}\n${LINE.replace('annstewart', 'zoë')}\r\n`.repeat(3));
    const whole = readAll(bytes);
    expect(whole).toHaveLength(6);
    const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, (places) => {
        const reader = readerOf();
        const ends = [...places.toSorted((one, other) => one - other), bytes.length];
        const events = ends.flatMap((end, index) =>
          reader.push(bytes.subarray(ends[index - 1] ?? 0, end), observedMs),
        );
        expect([...events, ...reader.end(observedMs)]).toEqual(whole);
      }),
    );
  });

  it('counts identical lines all', () => {
    const events = readAll(`${LINE}\n`.repeat(100));
    expect(events).toHaveLength(100);
    expect(new Set(events.map(({ start }) => start)).size).toBe(100);
  });
});

describe('the CSV of a traffic monitor', () => {
  it('has its header first, or none, and again where files were put together', () => {
    for (const text of [
      `${CSV_HEADER}\n${CSV}\n${CSV}\n`,
      `${CSV}\n${CSV}\n`,
      `${CSV_HEADER}\n${CSV}\n${CSV_HEADER}\n${CSV}\n`,
      `\ufeff${CSV_HEADER}\r\n${CSV}\r\n${CSV}\r\n`,
    ])
      for (const options of [{}, { format: 'csv' } as const])
        expect(payloads(readAll(text, options))).toEqual([CSV, CSV]);
  });

  it('takes its time from the lines, also of those that are late', () => {
    const seconds = [1_549_574_332, 1_549_574_330, 1_549_574_333, 1_549_574_331];
    const text = seconds.map((second) => CSV.replace('1549574332', String(second))).join('\n');
    expect(times(readAll(`${CSV_HEADER}\n${text}\n`))).toEqual([
      ...['2019-02-07 21:18:52.000000', '2019-02-07 21:18:50.000000'],
      ...['2019-02-07 21:18:53.000000', '2019-02-07 21:18:51.000000'],
    ]);
  });

  it('is a record a line: a quote that is left open swallows no other', () => {
    const open = CSV.replace('HTTP/1.0"', 'HTTP/1.0');
    const events = readAll(`${CSV_HEADER}\n${CSV}\n${open}\n${CSV}\n`, { format: 'csv' });
    expect(payloads(events)).toEqual([CSV, open, CSV]);
    expect(events.map(({ reading }) => reading.tags['parse_error'])).toEqual([undefined, 'csv', undefined]);
  });

  it('has sections: the path up to its second slash, without query and fragment', () => {
    expect(
      sections([
        ...['GET /api/user HTTP/1.0', 'GET /report HTTP/1.0', 'GET / HTTP/1.0', 'GET /a?x=/b/c HTTP/1.0'],
        ...['GET /a#b/c HTTP/1.0', 'GET /api/?q HTTP/1.0'],
      ]),
    ).toEqual(['/api', '/report', '/', '/a', '/a', '/api']);
  });

  it('has the section - for *, host:443 and requests that cannot be read', () => {
    expect(
      sections(['OPTIONS * HTTP/1.1', 'CONNECT example.com:443 HTTP/1.1', '\\x16\\x03\\x01', '-', '']),
    ).toEqual(['-', '-', '-', '-', '-']);
  });

  it('tells errors, from 500 on, from warnings, from 400 on', () => {
    const statuses = [200, 302, 399, 400, 404, 499, 500, 503, 599];
    const text = statuses.map((status) => CSV.replace(',200,', `,${String(status)},`)).join('\n');
    expect(severities(readAll(text))).toEqual([
      ...['info', 'info', 'info', 'warn', 'warn', 'warn', 'error', 'error', 'error'],
    ]);
  });

  it('has bytes exactly beyond 2^53', () => {
    const large = ['9007199254740993', '18446744073709551615'];
    const tags = stored(readAll(large.map((bytes) => CSV.replace(/1234$/, bytes)).join('\n')));
    for (const [index, bytes] of large.entries()) expect(tags[index]).toContain(`"bytes":${bytes}`);
  });
});
