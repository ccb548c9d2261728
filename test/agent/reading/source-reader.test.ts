import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SOURCE_FORMATS } from '../../../src/agent/reading/source-reader.ts';
import { CONTEXT } from '../formats/reading.ts';
import { SAMPLES } from '../formats/samples.ts';
import { TRACES } from '../multiline/traces.ts';
import { ACCESS, cri, CSV, CSV_HEADER, type Options, payloads, readAll, readerOf, told } from './reading.ts';

const { observedMs } = CONTEXT;

describe('a source', () => {
  it('is read line by line, each of what it is, until its format is known', () => {
    const events = readAll(`${ACCESS}\nhello\n{"level":50,"time":1793886300123,"name":"a","msg":"lost"}\n`);
    expect(payloads(events)).toEqual([ACCESS, 'hello', 'lost']);
    expect(events.map(({ reading }) => reading.severity)).toEqual(['info', 'info', 'error']);
    expect(events.map(({ start, end, resumeAt }) => [start, end, resumeAt])).toEqual([
      [0, 71, 71],
      [71, 77, 77],
      [77, 135, 135],
    ]);
  });

  it('keeps what is not of its format as text, with its own time, tagged and counted', () => {
    const reader = readerOf();
    const lines = `${ACCESS}\n`.repeat(50);
    expect(reader.push(Buffer.from(lines), observedMs)).toHaveLength(50);
    expect(reader.detection).toEqual({ format: 'access', share: 1, lines: 50 });
    const events = reader.push(Buffer.from(`2026-11-05 13:45:01 ERROR torn\n${ACCESS}\nx\n`), observedMs);
    expect(told(events)).toEqual([
      ['2026-11-05 13:45:01 ERROR torn', { parse_error: 'access' }],
      [ACCESS, expect.not.objectContaining({ parse_error: 'access' })],
      ['x', { parse_error: 'access' }],
    ]);
    expect(events[0]?.reading).toMatchObject({ timestamp: '2026-11-05 13:45:01.000000', severity: 'error' });
    expect(reader.counts).toMatchObject({ lines: 53, misfits: 2 });
  });

  it('has the format that is named', () => {
    expect(told(readAll('x\n', { format: 'json' }))).toEqual([['x', { parse_error: 'json' }]]);
    expect(told(readAll('{"a":1}\n', { format: 'text' }))).toEqual([['{"a":1}', {}]]);
    expect(told(readAll('x\n', { format: 'cri' }))).toEqual([['x', { parse_error: 'cri' }]]);
  });

  it.each(SOURCE_FORMATS)('may be told to be %s, and keeps every line', (format) => {
    const lines = SAMPLES.map(({ line }) => line);
    const events = readAll(lines.join('\n'), { format });
    expect(events).toHaveLength(lines.length);
    const misfits = events.filter(({ reading }) => reading.tags['parse_error'] === format);
    const fits = SAMPLES.filter((sample) => sample.format === format || format === 'text');
    expect(misfits).toHaveLength(lines.length - fits.length);
  });

  it('of mixed formats goes on being read line by line', () => {
    const reader = readerOf();
    reader.push(Buffer.from(`${ACCESS}\n{"payload":"x","severity":"info"}\n`.repeat(25)), observedMs);
    expect(reader.detection?.format).toBe('mixed');
    expect(told(reader.push(Buffer.from('hello\n'), observedMs))).toEqual([['hello', {}]]);
  });

  it('may begin with a header, which is no event and says where the columns are', () => {
    const reader = readerOf();
    const events = reader.push(Buffer.from(`${CSV_HEADER}\r\n${CSV}\n"x\n`), observedMs);
    expect(payloads(events)).toEqual([CSV, '"x']);
    expect(reader.counts).toEqual({ lines: 3, leftOut: 1, headerLines: 1, misfits: 1, skippedBytes: 0 });
    expect(reader.detection).toEqual({ format: 'csv', share: 1, lines: 1 });
    const other = 'date,status,bytes,remotehost,rfc931,authuser,request';
    const [event] = readAll('1793886300,500,1,::1,-,-,GET /\n', {
      offset: 60,
      firstLine: other,
      encoding: 'utf-8',
    });
    expect(event).toMatchObject({
      start: 60,
      reading: { severity: 'error', tags: { ip: '::1', code: 500 } },
    });
    expect(readAll(`${CSV}\n${CSV_HEADER}\n`, { format: 'csv' })).toHaveLength(2);
    expect(readAll(`${CSV_HEADER}\n`, { offset: 60, encoding: 'utf-8' })).toHaveLength(1);
  });

  it('is in UTF-8, or in UTF-16 by its mark, and loses no byte that is none', () => {
    expect(payloads(readAll('\ufeffa\nb'))).toEqual(['a', 'b']);
    expect(payloads(readAll(Buffer.from('\ufeffnaïve\r\nb\n', 'utf16le')))).toEqual(['naïve', 'b']);
    expect(told(readAll(Buffer.from([0x61, 0xff, 0x0a])))).toEqual([['a\ufffd', { raw_base64: 'Yf8=' }]]);
    expect(told(readAll(Buffer.from([0x61, 0x0a, 0x20, 0xff, 0x0a]), { starts: 'auto' }))).toEqual([
      ['a\n \ufffd', { raw_base64: [null, 'IP8='] }],
    ]);
  });

  it('leaves out holes of NULs and counts them', () => {
    const reader = readerOf();
    expect(payloads(reader.push(Buffer.from(`${'\0'.repeat(5000)}${ACCESS}\n`), observedMs))).toEqual([
      ACCESS,
    ]);
    expect(reader.counts.skippedBytes).toBe(5000);
  });

  it('hands over what has no end only if it is told to, and says so', () => {
    const reader = readerOf();
    expect(reader.push(Buffer.from('a\nhalf'), observedMs)).toHaveLength(1);
    expect(reader.flush(observedMs)).toEqual([]);
    expect(reader.resumeAt).toBe(2);
    const [event, ...others] = reader.flush(observedMs, { unfinishedLine: true });
    expect(others).toEqual([]);
    expect(event).toMatchObject({ start: 2, end: 6, resumeAt: 6, isUnfinished: true, isFlushed: true });
    expect(event?.reading.tags['unfinished']).toBe(true);
    expect(reader.push(Buffer.from(' rest\n'), observedMs)).toMatchObject([{ start: 6, end: 12 }]);
    expect(readAll('a')).toMatchObject([{ isUnfinished: true, isFlushed: true, reading: { payload: 'a' } }]);
    expect(readAll('a')[0]?.reading.tags['unfinished']).toBeUndefined();
  });
});

describe('a line that is too long', () => {
  it('comes in pieces of one time, and is begun anew by who stopped in it', () => {
    const line = `2026-11-05T13:45:00Z ERROR ${'x'.repeat(40)}`;
    const events = readAll(`a\n${line}\nb\n`, { maxLineBytes: 32 });
    expect(told(events)).toEqual([
      ['a', {}],
      [line.slice(0, 32), { piece: 1 }],
      [line.slice(32, 64), { piece: 2 }],
      [line.slice(64), { piece: 3, pieces: 3 }],
      ['b', {}],
    ]);
    for (const { reading } of events.slice(1, 4))
      expect(reading).toMatchObject({ timestamp: '2026-11-05 13:45:00.000000', severity: 'error' });
    expect(events.map(({ resumeAt }) => resumeAt)).toEqual([2, 2, 2, 70, 72]);
    expect(events.map(({ lines }) => lines)).toEqual([1, 0, 0, 1, 1]);
  });
});

describe('events of several lines', () => {
  it('say what their first line says, and hold all of them', () => {
    const text = TRACES.find(({ text: each }) => each.startsWith('2026'))!.text;
    const [event, next] = readAll(`${text}\nnext\n`, { starts: 'auto' });
    expect(event).toMatchObject({
      start: 0,
      end: text.length + 1,
      resumeAt: text.length + 1,
      lines: text.split('\n').length,
      reading: { payload: text, severity: 'error', timestamp: '2026-11-05 13:45:01.123000' },
    });
    expect(next).toMatchObject({ reading: { payload: 'next' } });
  });

  it('wait until they are flushed, and are said to be', () => {
    const reader = readerOf({ starts: 'auto' });
    expect(reader.push(Buffer.from('a\n b\n'), observedMs)).toEqual([]);
    expect(reader.resumeAt).toBe(0);
    expect(reader.flush(observedMs)).toMatchObject([
      { start: 0, end: 5, resumeAt: 5, lines: 2, isFlushed: true, isUnfinished: false },
    ]);
    const [first] = reader.push(Buffer.from('c\nd\n'), observedMs);
    expect(first).toMatchObject({ start: 5, resumeAt: 7, isFlushed: false });
  });

  it('may be JSON over several lines', () => {
    const json = '{\n  "payload": "x",\n  "severity": "warn"\n}';
    const [event] = readAll(`${json}\n`, { starts: 'auto' });
    expect(event?.reading).toMatchObject({ payload: 'x', severity: 'warn' });
  });
});

describe('any bytes', () => {
  const line = fc.oneof(
    fc.constantFrom(
      ...SAMPLES.map((sample) => sample.line),
      ...TRACES.map(({ text }) => text),
      CSV_HEADER,
      '',
    ),
    fc.constantFrom(
      cri('a').trimEnd(),
      cri('b', 'P').trimEnd(),
      cri(' c', 'F', 'stderr').trimEnd(),
      '\0'.repeat(9),
      '\xff',
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constant('x'.repeat(300)),
  );
  const options = fc.record<Options>({
    starts: fc.constantFrom<Options['starts']>(undefined, 'auto', /^\S/u),
    maxLineBytes: fc.constantFrom(64, 1000),
    format: fc.constantFrom<Options['format']>(undefined, 'access', 'cri', 'json'),
  });
  const sources = fc.tuple(fc.array(line, { maxLength: 30 }), options, fc.array(fc.nat(), { maxLength: 9 }));

  it('give the same events wherever the chunks end, and each line is in one of them', () => {
    fc.assert(
      fc.property(sources, ([lines, how, where]) => {
        const bytes = Buffer.from(lines.join('\n'), 'latin1');
        const whole = readAll(bytes, how);
        const reader = readerOf(how);
        const places = [...new Set(where.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
        const events = [0, ...places].flatMap((start, index) =>
          reader.push(bytes.subarray(start, places[index] ?? bytes.length), observedMs),
        );
        events.push(...reader.end(observedMs));
        expect(events).toEqual(whole);
        expect(new Set(events.map(({ start }) => start)).size).toBe(events.length);
        const { lines: counted, headerLines } = reader.counts;
        const inEvents = events.reduce((sum, event) => sum + event.lines, 0);
        expect(inEvents + headerLines).toBeLessThanOrEqual(counted);
        expect(reader.resumeAt).toBeGreaterThanOrEqual(Math.max(0, ...events.map(({ end }) => end)));
      }),
      { numRuns: 500 },
    );
  });

  it('are read on where an event says so, and nothing is lost', () => {
    fc.assert(
      fc.property(sources, fc.nat(), ([lines, how], at) => {
        const bytes = Buffer.from(lines.join('\n'), 'latin1');
        const whole = readAll(bytes, how);
        const event = whole[at % Math.max(1, whole.length)];
        if (event === undefined) return;
        const reader = readerOf({ ...how, offset: event.resumeAt, encoding: 'utf-8' });
        const rest = [...reader.push(bytes.subarray(event.resumeAt), observedMs), ...reader.end(observedMs)];
        const starts = new Set(rest.map(({ start }) => start));
        for (const { start, reading } of whole.slice(whole.indexOf(event) + 1))
          if (reading.tags['continued'] === undefined) expect(starts).toContain(start);
      }),
      { numRuns: 500 },
    );
  });
});
