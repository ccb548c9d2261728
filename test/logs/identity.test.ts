import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identify } from '../../src/logs/identity.ts';
import { entryOf, logEntry, messageOf, own } from './messages.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the identity of an event', () => {
  it('is its event_id attribute before all', () => {
    expect(entryOf(own(), { attributes: { event_id: 'run1-7' } }).eventId).toBe('run1-7');
    expect(entryOf(logEntry(), { attributes: { event_id: 'run1-7' } }).eventId).toBe('run1-7');
  });

  it('is else the insertId of a LogEntry, else the id of the message', () => {
    expect(entryOf(logEntry()).eventId).toBe('65f0c1d2000a1b2c3d4e5f60');
    expect(entryOf(logEntry({ insertId: undefined })).eventId).toBe('7700000000000001');
    expect(entryOf(own({ insertId: 'not one' })).eventId).toBe('7700000000000001');
  });

  it('is never an empty attribute or insertId, which would make one event of many', () => {
    expect(entryOf(logEntry({ insertId: '' }), { attributes: { event_id: '' } }).eventId).toBe(
      '7700000000000001',
    );
  });

  it('of a replayed copy is that of the original, its publish time included', () => {
    const attributes = { original_message_id: '42', original_publish_time: '2026-01-02T03:04:05.678Z' };
    const copy = entryOf(own({ timestamp: undefined }), { attributes });
    expect(copy).toMatchObject({ eventId: '42', timestamp: '2026-01-02 03:04:05.678000' });
    expect(entryOf(own(), { attributes }).timestamp).toBe('2026-11-05 13:45:00.123456');
    expect(entryOf(own(), { attributes: { ...attributes, event_id: 'mine' } }).eventId).toBe('mine');
    expect(entryOf(own(), { attributes: { original_message_id: '' } }).eventId).toBe('7700000000000001');
  });

  it('falls back on the publish time of the copy if that of the original cannot be read', () => {
    const attributes = { original_publish_time: 'soon' };
    expect(entryOf(own({ timestamp: undefined }), { attributes }).timestamp).toBe(
      '2026-11-05 13:45:00.987654',
    );
  });

  it.each(['a b', 'é', '\u007f', 'tab\t', 'x'.repeat(65), ' ', 'nul\0'])(
    'is a digest of %j, which no column takes',
    (id) => {
      expect(entryOf(own(), { attributes: { event_id: id } }).eventId).toBe(sha256(id));
      expect(entryOf(logEntry({ insertId: id })).eventId).toBe(sha256(id));
    },
  );

  it('is the id itself whenever it fits, up to 64 characters', () => {
    const fitting = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 64,
    });
    fc.assert(
      fc.property(fitting, (id) => {
        expect(identify(messageOf('', { attributes: { event_id: id } }))).toBe(id);
      }),
    );
  });

  it('always fits its column, and is the same for the same id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        const message = messageOf('', { messageId: id });
        expect(identify(message)).toMatch(/^[!-~]{1,64}$/);
        expect(identify(message)).toBe(identify(message));
      }),
    );
  });
});
