import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedId } from '../support/stored-id.ts';
import { entryOf, logEntry, own, severalOf } from './messages.ts';

const MESSAGE_ID = '7700000000000001';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const eventIdOf = (data: unknown, attributes: Record<string, string> = {}): string =>
  entryOf(data, { attributes }).eventId;

describe('the identity of an event', () => {
  it('is its event_id attribute before all, within its service', () => {
    expect(eventIdOf(own(), { event_id: 'run1-7' })).toBe(storedId('run1-7', 'alpha'));
    expect(eventIdOf(logEntry(), { event_id: 'run1-7' })).toBe(storedId('run1-7', 'checkout'));
  });

  it('is another for the same event_id of another service', () => {
    const of = (service: string) => eventIdOf(own({ service_name: service }), { event_id: '17' });
    expect(of('cart')).not.toBe(of('checkout'));
    expect(of('cart')).toBe(of('cart'));
    expect(of('cart')).toMatch(/^17~[\w-]{8}$/);
  });

  it('is else the insertId of a LogEntry within its log, else the id of the message', () => {
    const timestamp = '2026-11-05T13:45:00.123456Z';
    const insertId = '65f0c1d2000a1b2c3d4e5f60';
    expect(eventIdOf(logEntry({ timestamp }))).toBe(
      storedId(insertId, 'projects/shop/logs/run.googleapis.com%2Fstdout'),
    );
    expect(eventIdOf(logEntry({ insertId: undefined }))).toBe(MESSAGE_ID);
    expect(eventIdOf(own({ insertId: 'not one' }))).toBe(MESSAGE_ID);
  });

  it('tells apart the entries of two projects that share an insertId and a time', () => {
    const of = (project: string) => eventIdOf(logEntry({ logName: `projects/${project}/logs/stdout` }));
    expect(of('shop')).not.toBe(of('bank'));
  });

  it('of a LogEntry holds the digits of its time that the column has no room for', () => {
    const of = (timestamp: string) => eventIdOf(logEntry({ timestamp }));
    expect(of('2026-11-05T13:45:00.123456001Z')).not.toBe(of('2026-11-05T13:45:00.123456002Z'));
    expect(of('2026-11-05T13:45:00.1234567Z')).toBe(of('2026-11-05T13:45:00.123456700Z'));
    expect(of('2026-11-05T13:45:00.123456Z')).toBe(of('2026-11-05T13:45:00.123456000Z'));
  });

  it('is never an empty attribute or insertId, which would make one event of many', () => {
    expect(eventIdOf(logEntry({ insertId: '' }), { event_id: '' })).toBe(MESSAGE_ID);
  });

  it('of a replayed copy is that of the original, its publish time included', () => {
    const attributes = { original_message_id: '42', original_publish_time: '2026-01-02T03:04:05.678Z' };
    const copy = entryOf(own({ timestamp: undefined }), { attributes });
    expect(copy).toMatchObject({ eventId: '42', timestamp: '2026-01-02 03:04:05.678000' });
    expect(entryOf(own(), { attributes }).timestamp).toBe('2026-11-05 13:45:00.123456');
    expect(eventIdOf(own(), { ...attributes, event_id: 'mine' })).toBe(storedId('mine'));
    expect(eventIdOf(own(), { original_message_id: '' })).toBe(MESSAGE_ID);
  });

  it('falls back on the publish time of the copy if that of the original cannot be read', () => {
    const attributes = { original_publish_time: 'soon' };
    expect(entryOf(own({ timestamp: undefined }), { attributes }).timestamp).toBe(
      '2026-11-05 13:45:00.987654',
    );
  });

  it.each(['a b', 'é', '\u007f', 'tab\t', 'x'.repeat(56), ' ', 'nul\0'])(
    'is the head of %j and a hash, for the column cannot hold it with a suffix',
    (id) => {
      const head = id.slice(0, 47).replace(/[^!-~]/g, '_');
      for (const eventId of [eventIdOf(own(), { event_id: id }), eventIdOf(logEntry({ insertId: id }))]) {
        expect(eventId.slice(0, -17)).toBe(head);
        expect(eventId.slice(-17)).toMatch(/^~[\w-]{16}$/);
      }
    },
  );

  it('differs for long ids that share a head, and for the same long id of two services', () => {
    const long = 'x'.repeat(100);
    const ids = [
      eventIdOf(own(), { event_id: `${long}1` }),
      eventIdOf(own(), { event_id: `${long}2` }),
      eventIdOf(own({ service_name: 'bravo' }), { event_id: `${long}1` }),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  const fitting = (maxLength: number) =>
    fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength,
    });

  it('begins with the id itself whenever there is room for its suffix, up to 55 characters', () => {
    fc.assert(
      fc.property(fitting(55), (id) => {
        expect(eventIdOf(own(), { event_id: id })).toBe(storedId(id));
      }),
    );
  });

  it('is the id of the message itself, up to 64 characters', () => {
    fc.assert(
      fc.property(fitting(64), (messageId) => {
        expect(entryOf(own(), { messageId }).eventId).toBe(messageId);
      }),
    );
  });

  it('always fits its column, and is the same for the same id', () => {
    const attributes = fc.record({ event_id: fc.string({ unit: 'binary' }) });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), attributes, (messageId, more) => {
        for (const rest of [{ messageId }, { messageId, attributes: more }]) {
          expect(entryOf(own(), rest).eventId).toMatch(/^[!-~]{1,64}$/);
          expect(entryOf(own(), rest)).toEqual(entryOf(own(), rest));
        }
      }),
    );
  });
});

describe('the identities of several entries of a message', () => {
  const idsOf = (count: number, attributes: Record<string, string> = {}): string[] => {
    const lines = Array.from({ length: count }, (_, n) => JSON.stringify(own({ payload: String(n) })));
    return severalOf(lines.join('\n'), { attributes }).map((entry) => ('code' in entry ? '' : entry.eventId));
  };

  it('are that of the message and their place, before the suffix of the service', () => {
    expect(idsOf(2)).toEqual([`${MESSAGE_ID}-0000`, `${MESSAGE_ID}-0001`]);
    expect(idsOf(2, { event_id: '17' })).toEqual([storedId('17-0000'), storedId('17-0001')]);
  });

  it.each([{}, { event_id: '17' }, { event_id: 'x'.repeat(64) }, { event_id: 'é'.repeat(100) }])(
    'sort in the order of the message and fit the column, whatever its id (%j)',
    (attributes) => {
      const ids = idsOf(1_002, attributes);
      expect(new Set(ids).size).toBe(1_002);
      expect(ids.toSorted()).toEqual(ids);
      for (const id of ids) expect(id).toMatch(/^[!-~]{1,64}$/);
    },
  );
});

describe('the id under which the release before stored an event', () => {
  const since = (scopedSince: string) => ({ scopedSince });
  const AFTER = since('2026-11-05 13:45:00.123457');
  const earlierOf = (data: unknown, attributes: Record<string, string> = {}, options = AFTER) =>
    entryOf(data, { attributes }, options).earlierEventId;

  it('is said of entries from before identities had a scope, and of no others', () => {
    expect(earlierOf(own(), { event_id: '17' })).toBe('17');
    expect(earlierOf(own(), { event_id: '17' }, since('2026-11-05 13:45:00.123456'))).toBeUndefined();
    expect(entryOf(own(), { attributes: { event_id: '17' } })).not.toHaveProperty('earlierEventId');
  });

  it('is the insertId, or a digest of an id that the column could not hold', () => {
    expect(earlierOf(logEntry())).toBe('65f0c1d2000a1b2c3d4e5f60');
    expect(earlierOf(logEntry(), { event_id: 'mine' })).toBe('mine');
    expect(earlierOf(own(), { event_id: 'two words' })).toBe(sha256('two words'));
    expect(earlierOf(own(), { event_id: 'x'.repeat(64) })).toBe('x'.repeat(64));
  });

  it('is not said where it is the same, or where the release before stored nothing', () => {
    expect(earlierOf(own())).toBeUndefined();
    const pino = { level: 30, time: 1_700_000_000_000, pid: 1, msg: 'x', name: 'alpha' };
    expect(earlierOf(pino, { event_id: '17' })).toBeUndefined();
    const several = severalOf([own(), own()], { attributes: { event_id: '17' } }, AFTER);
    for (const entry of several) expect(entry).not.toHaveProperty('earlierEventId');
  });
});

describe('what is remembered of services and logs', () => {
  const PAD = ' '.repeat(300_000);
  const DIGITS = '1'.repeat(300_000);

  it.each([
    [
      'a name with much white space around it',
      (id: string) => own({ service_name: `${PAD}service-number-${id}${PAD}` }),
      { attributes: { event_id: 'a' } },
    ],
    ['a long name of a log', (id: string) => logEntry({ logName: PAD + id }), {}],
    [
      'a time of many digits',
      (id: string) => logEntry({ timestamp: `2026-11-05T13:45:00.123456${DIGITS}${id}Z` }),
      {},
    ],
  ])('is small: %s', (_what, message, attributes) => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let id = 100_000; id < 100_100; id += 1) entryOf(message(String(id)), attributes);
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
  });
});
