import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryLine, parseEntryLine } from '../../src/archive/entry-line.ts';
import type { StoredEntry } from '../../src/logs/entry.ts';
import { entryJson } from '../../src/logs/entry-json.ts';
import { stored } from './archive-ground.ts';

const unicode = fc.string({ unit: 'binary' });
const tags = fc.option(
  fc.oneof(
    fc.dictionary(unicode, fc.jsonValue()).map((object) => JSON.stringify(object)),
    fc.dictionary(unicode, fc.jsonValue()).map((object) => JSON.stringify(object, null, 2)),
    fc.constantFrom(
      '{"n": 12345678901234567890.10, "n": 1e400}',
      '{ }',
      '{"a":\r\n"b"}',
      '{"x":",\\"tags\\":"}',
    ),
  ),
);
const entries: fc.Arbitrary<StoredEntry> = fc.record({
  timestamp: fc.constantFrom(
    '1000-01-01 00:00:00.000000',
    '9999-12-31 23:59:59.999999',
    '2026-01-31 10:00:00.000001',
  ),
  eventId: fc.stringMatching(/^[!-~]{1,64}$/),
  serviceName: unicode,
  severity: fc.constantFrom('debug', 'info', 'warn', 'error', 'fatal'),
  payload: fc.oneof(
    unicode,
    fc.constantFrom('', ',"tags":{"a":1}', '","tags":', '\0\n\r\u2028 \ud83d\ude00'),
  ),
  tags,
  createdAt: fc.constant('2026-02-01 00:00:00.000000'),
});

describe('the line of an entry', () => {
  it('is one line, and gives the entry back, every byte of its tags included', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const line = entryLine(entry);
        expect(line).not.toMatch(/[\n\r]/);
        expect(parseEntryLine(line)).toEqual(entry);
      }),
    );
  });

  it('is the JSON that an entry has everywhere', () => {
    const entry = stored(5);
    expect(entryLine(entry)).toBe(entryJson(entry));
    expect(JSON.parse(entryLine(entry))).toMatchObject({
      service_name: 'bravo',
      event_id: 'event-5',
      tags: { n: 5 },
    });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['cut', entryLine(stored(5)).slice(0, -1)],
    ['cut in its tags', entryLine(stored(5)).slice(0, -3)],
    [
      'of an entry that is not stored',
      '{"service_name":"a","payload":"b","severity":"info","timestamp":"2026-01-31T10:00:00.000000Z","id":"x","event_id":"y"}',
    ],
    ['of another severity', entryLine(stored(5)).replace('"error"', '"loud"')],
    ['null', 'null'],
  ])('is none: %s', (_what, line) => {
    expect(parseEntryLine(line)).toBeUndefined();
  });
});
