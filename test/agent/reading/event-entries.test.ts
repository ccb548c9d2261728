import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../../src/agent/reading/event-entries.ts';
import { decode } from '../../../src/logs/decode.ts';
import type { LogEntry } from '../../../src/logs/entry.ts';
import { publishedJson } from '../../../src/logs/entry-json.ts';
import { ACCESS, cri, type Options, readAll } from './reading.ts';

const KEY = { id: 'abc-0000000000000010', time: { seconds: 1_793_886_305, nanos: 250_000_000 } };
const ORIGIN = { service: 'shop', host: 'web-1', tags: { agent: 'a1', file: '/var/log/x.log' } };

function entriesOfText(text: string, options: Options = {}): LogEntry[] {
  return readAll(text, options).flatMap(({ reading }) => entriesOf(reading, KEY, ORIGIN));
}

function tagsOf({ tags }: LogEntry): unknown {
  return JSON.parse(tags ?? 'null');
}

describe('entries of an event', () => {
  it('have the line, what it says, and where it comes from', () => {
    const [entry] = entriesOfText(`${ACCESS}\n`);
    expect(entry).toMatchObject({
      timestamp: '2026-11-05 13:45:00.000000',
      eventId: KEY.id,
      serviceName: 'shop',
      severity: 'info',
      payload: ACCESS,
    });
    expect(tagsOf(entry!)).toMatchObject({
      agent: 'a1',
      file: '/var/log/x.log',
      host: 'web-1',
      user: 'ann',
      code: 200,
    });
  });

  it('have the time that they are given if the line says none', () => {
    expect(entriesOfText('no time here\n')[0]?.timestamp).toBe('2026-11-05 13:45:05.250000');
  });

  it('have host and service of the line before those of the input', () => {
    const [entry] = entriesOfText('<34>1 2026-11-05T13:45:00Z db-7 su 123 - - hello\n');
    expect(entry?.serviceName).toBe('su');
    expect(tagsOf(entry!)).toMatchObject({ host: 'db-7', agent: 'a1' });
  });

  it('keep tags of the line that are called as ours are', () => {
    const [entry] = entriesOfText('{"payload":"x","severity":"warn","tags":{"agent":"other"}}\n');
    expect(tagsOf(entry!)).toMatchObject({ agent: 'other', file: '/var/log/x.log' });
  });

  it('are untouched if the line brings an identity of its own', () => {
    const line = JSON.stringify({
      logName: 'projects/p/logs/l',
      resource: { type: 'global' },
      insertId: 'i1',
      textPayload: 'x',
    });
    const publishTime = KEY.time;
    const message = { data: Buffer.from(line), attributes: {}, messageId: 'm', publishTime };
    expect(entriesOfText(`${line}\n`)).toEqual([decode(message, { defaultService: 'shop' })]);
  });

  it('are several if the line is, told apart, with the time of the container if they have none', () => {
    const line = '[{"payload":"a","severity":"info"},{"payload":"b","severity":"info"}]';
    const entries = entriesOfText(cri(line), { format: 'cri' });
    expect(entries.map(({ payload }) => payload)).toEqual(['a', 'b']);
    expect(new Set(entries.map(({ eventId }) => eventId)).size).toBe(2);
    expect(entries.map(({ timestamp }) => timestamp)).toEqual(
      Array.from({ length: 2 }, () => '2026-11-05 13:45:00.123456'),
    );
  });

  it('are the same once they were published', () => {
    for (const entry of entriesOfText(`${ACCESS}\nplain\n`, { format: 'text' })) {
      const data = Buffer.from(publishedJson(entry));
      const published = { data, attributes: {}, messageId: 'm', publishTime: { seconds: 9, nanos: 0 } };
      const { tags, ...stored } = decode(published) as LogEntry;
      expect({ ...stored, tags: JSON.parse(tags ?? '') as unknown }).toEqual({
        ...entry,
        tags: tagsOf(entry),
      });
    }
  });
});
