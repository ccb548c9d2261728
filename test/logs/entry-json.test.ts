import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { entryId } from '../../src/logs/entry-id.ts';
import { entryJson } from '../../src/logs/entry-json.ts';
import { SEVERITIES } from '../../src/logs/severity.ts';
import { contractFaults } from '../support/entry-contract.ts';
import { entryOf, logEntry, messageOf, own, severalOf, tagsIn } from './messages.ts';
import { COLLECTOR_SAMPLES } from './samples/collectors.ts';
import { LIBRARY_SAMPLES } from './samples/libraries.ts';

const CREATED = '2026-11-25 14:00:06.000000';

function json(entry: LogEntry): string {
  return entryJson({ ...entry, createdAt: CREATED });
}

const stored: LogEntry = {
  timestamp: '2026-11-25 14:00:05.123456',
  eventId: '17~x7Kp2QaB',
  serviceName: 'checkout',
  severity: 'warn',
  payload: 'card declined',
  tags: '{"code": 500, "n": 12345678901234567890}',
};

/** Names that mean something in a record, or to the language. */
const NAMES_OF_OTHERS = [
  'severity',
  'id',
  'tags',
  'timestamp',
  'service_name',
  'event_id',
  'created_at',
  'trace',
  'traceId',
  'trace.id',
  '__proto__',
  'constructor',
  '',
];

describe('the JSON of an entry', () => {
  it('is one line, with every digit of its tags', () => {
    expect(json(stored)).toBe(
      '{"service_name":"checkout","payload":"card declined","severity":"warn",' +
        '"timestamp":"2026-11-25T14:00:05.123456Z","id":"20261125T140005123456-17~x7Kp2QaB","event_id":"17~x7Kp2QaB",' +
        '"created_at":"2026-11-25T14:00:06.000000Z","tags":{"code": 500, "n": 12345678901234567890}}',
    );
    expect(json({ ...stored, tags: null })).not.toContain('tags');
    expect(json({ ...stored, tags: '{"a":\n1,\r\n"b":2}' })).not.toMatch(/[\r\n]/);
  });

  it.each([...LIBRARY_SAMPLES, ...COLLECTOR_SAMPLES].map(({ name, record }) => [name, record] as const))(
    'published again it is the same entry, whatever format it came in: %s',
    (_name, record) => {
      const entry = entryOf(record);
      const copy = entryOf(json(entry), { messageId: '99' });
      expect(copy).toEqual(entry);
    },
  );

  it('keeps an identity that was scoped, by whatever message it comes', () => {
    for (const entry of [entryOf(logEntry()), entryOf(own(), { attributes: { event_id: 'x' } }), stored]) {
      expect(entry.eventId).toContain('~');
      const attributes = { event_id: 'run-7', run: 'run', seq: '7', 'ce-id': 'q' };
      expect(entryOf(json(entry), { messageId: '99', attributes })).toMatchObject({
        timestamp: entry.timestamp,
        eventId: entry.eventId,
      });
    }
  });

  it('keeps it among others in one message, and in a list', () => {
    const others = ['1', '2', '3'].map((eventId) => ({ ...stored, eventId }));
    const lines = others.map(json).join('\n');
    const ids = (data: string) => severalOf(data).map((each) => ('eventId' in each ? each.eventId : each));
    expect(ids(lines)).toEqual(['1', '2', '3']);
    expect(ids(`[${others.map(json).join(',')}]`)).toEqual(['1', '2', '3']);
  });

  it('has no earlier id: the row is under the one that it says', () => {
    const options = { scopedSince: '2027-01-01 00:00:00.000000' };
    expect(entryOf(json(stored), { attributes: { event_id: 'x' } }, options)).not.toHaveProperty(
      'earlierEventId',
    );
  });

  it('is the same again for any entry', () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed());
    const entries = fc.record({
      timestamp: fc.constantFrom(
        '1000-01-01 00:00:00.000000',
        '2026-02-28 23:59:59.999999',
        '9999-12-31 23:59:59.999999',
      ),
      eventId: fc.stringMatching(/^[!-~]{1,64}$/),
      serviceName: text
        .map((name) => [...name.trim()].slice(0, 100).join('').trim())
        .filter((name) => name !== ''),
      severity: fc.constantFrom(...SEVERITIES),
      payload: text,
      tags: fc.option(
        fc
          .dictionary(fc.oneof(text, fc.constantFrom(...NAMES_OF_OTHERS)), fc.jsonValue())
          .filter((tags) => Object.keys(tags).length > 0)
          .map((tags) => JSON.stringify(tags)),
      ),
    });
    fc.assert(
      fc.property(entries, (entry) => {
        const copy = entryOf(json(entry), { messageId: '99' });
        expect({ ...copy, tags: tagsIn(copy) }).toEqual({ ...entry, tags: tagsIn(entry) });
        expect(contractFaults(copy)).toEqual([]);
      }),
    );
  });

  it.each([
    ['the id of another time', { timestamp: '2026-11-25T14:00:05.123457Z' }],
    ['the id of another event', { event_id: '18~x7Kp2QaB' }],
    ['no event_id', { event_id: undefined }],
    ['an id that is none', { id: 7 }],
    ['an event_id that no column takes', { event_id: 'ü' }],
  ])(
    'of a record with %s nothing is taken for a key: it is a message of its own, with tags',
    (_what, changed) => {
      const record = { ...(JSON.parse(json(stored)) as object), ...changed };
      const entry = entryOf(record);
      expect(entry.eventId).toBe(messageOf('').messageId);
      expect(tagsIn(entry)).toMatchObject({ created_at: '2026-11-25T14:00:06.000000Z', code: 500 });
    },
  );

  it('says the key in its id', () => {
    expect(json(stored)).toContain(entryId(stored));
  });
});
