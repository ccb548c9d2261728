import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../packages/client/src/types.ts';
import { mayLackDigits, tagFields } from '../../../packages/web/src/logs/entry/entry-fields.ts';
import { permalink, textOfEntry } from '../../../packages/web/src/logs/entry/entry-text.ts';
import { delayMs, durationText, timeInZone } from '../../../packages/web/src/logs/entry/entry-times.ts';
import { problemOfTemplate, traceLink } from '../../../packages/web/src/logs/entry/trace-link.ts';
import { parseAddress } from '../../../packages/web/src/state/address-text.ts';
import { refine } from '../../../packages/web/src/state/question/refine.ts';
import { isMistake } from '../../../src/query/mistake.ts';
import { parseFilter } from '../../../src/query/parse.ts';
import { matches } from '../../../src/query/predicate.ts';

const ENTRY: Entry = {
  service_name: 'checkout',
  payload: 'card declined',
  severity: 'error',
  timestamp: '2026-11-30T17:16:32.301105Z',
  id: '20261130T171632301105-e1',
  event_id: 'e1',
  created_at: '2026-11-30T17:16:33.501105Z',
};

describe('the tags of an entry', () => {
  it('have names as expressions have them, and all their digits', () => {
    const json = `{"payload":"x","tags":{"user":{"id":9007199254740993,"name":"Ann"},"labels":["red",7],"service":"s",
      "tags.x":true,"none":null,"e":{},"deep":[[1],{"a":1}],"\\"q":"","n":0.10000000000000000555}}`;
    expect(
      tagFields(json).map(({ name, value, isAskable }) => `${name}=${value}${isAskable ? '' : ' !'}`),
    ).toEqual([
      'user.id=9007199254740993',
      'user.name=Ann',
      'labels=red',
      'labels=7',
      'tags.service=s',
      'tags.tags.x=true',
      'none=null',
      'e={} !',
      'deep=[1] !',
      'deep={"a":1} !',
      '"\\"q"=',
      'n=0.10000000000000000555',
    ]);
    expect(tagFields('{"payload":"x"}')).toEqual([]);
  });

  it('are what a question with each of them finds', () => {
    const tags =
      '{"user":{"id":9007199254740993},"a b":"x \\"y\\"","service":"s","on":true,"none":null,"\\"q":"v","l":[1.5,"z"],"tags.t":1}';
    const entry = {
      timestamp: '2026-11-25 14:00:00.000000',
      serviceName: 'other',
      severity: 'info',
    } as const;
    const fields = tagFields(`{"tags":${tags}}`).filter(({ isAskable }) => isAskable);
    expect(fields).toHaveLength(9);
    for (const { name, value } of fields) {
      for (const how of ['for', 'out'] as const) {
        const filter = parseFilter(refine('', { field: name, value, how }), { nowMs: 0, zone: 'UTC' });
        if (isMistake(filter)) throw new Error(`${name}: ${filter.message}`);
        expect([name, matches(filter)({ ...entry, eventId: 'e', payload: '', tags })]).toEqual([
          name,
          how === 'for',
        ]);
      }
    }
  });

  it('are read again where a number may have lost digits', () => {
    expect(mayLackDigits({ a: [{ b: 9007199254740993 }] })).toBe(true);
    expect(mayLackDigits({ a: 0.5 })).toBe(true);
    expect(mayLackDigits({ a: 12, b: '9007199254740993', c: null, d: [true] })).toBe(false);
    expect(mayLackDigits(undefined)).toBe(false);
  });
});

describe('times of an entry', () => {
  it('are said in a zone, with all they have', () => {
    expect(timeInZone(ENTRY.timestamp, 'Europe/Berlin')).toBe('2026-11-30 18:16:32.301105 +01:00');
    expect(timeInZone(ENTRY.timestamp, 'UTC')).toBe('2026-11-30 17:16:32.301105 +00:00');
    expect(timeInZone(ENTRY.timestamp, 'No/Zone')).toBe('2026-11-30 17:16:32.301105 +00:00');
  });

  it('say how much later it was stored', () => {
    expect(durationText(delayMs(ENTRY.timestamp, ENTRY.created_at))).toBe('1.2 s');
    expect([12, 59_900, 60_000, 7_200_000, -172_800_000].map(durationText)).toEqual([
      ...['12 ms', '59 s', '1 min', '2 h', '2 days'],
    ]);
  });
});

describe('a link to an entry', () => {
  const base = 'https://logs.example/lms/?q=a';

  it('says what is asked, where times are read, and when, for good', () => {
    const address = parseAddress(
      '?q=a&since=1h&at=2026-11-30T18:00:00.000Z&tz=Europe/Berlin&live=1&cols=user',
      'UTC',
    );
    const run = { since: '2026-11-30T17:00:00.000Z', until: undefined };
    const link = new URL(permalink(base, address, run, 'id~1'));
    expect(link.origin + link.pathname).toBe('https://logs.example/lms/');
    expect(Object.fromEntries(link.searchParams)).toEqual({
      ...{ q: 'a', since: '2026-11-30T17:00:00.000Z', tz: 'Europe/Berlin', cols: 'user', entry: 'id~1' },
    });
    expect(parseAddress(link.search, 'UTC').isLive).toBe(false);
  });

  it('has no time that is another one tomorrow', () => {
    const link = permalink(
      base,
      parseAddress('?since=yesterday&tz=UTC', 'UTC'),
      { since: 'yesterday', until: '14:00' },
      'i',
    );
    expect(link).toBe('https://logs.example/lms/?tz=UTC&entry=i');
  });

  it('goes with its text', () => {
    expect(textOfEntry(ENTRY)).toBe('2026-11-30T17:16:32.301105Z error checkout card declined');
  });
});

describe('a link to a trace', () => {
  const valueOf = (values: Record<string, string>) => (name: string) => values[name];

  it('has the values of the entry, encoded, if it has all of them', () => {
    const template = 'https://trace.example/trace/{trace_id}?span={span.id}';
    expect(traceLink(template, valueOf({ trace_id: 'a/b?c#d', 'span.id': '1 2' }))).toBe(
      'https://trace.example/trace/a%2Fb%3Fc%23d?span=1%202',
    );
    expect(traceLink(template, valueOf({ trace_id: 'a' }))).toBeUndefined();
    expect(traceLink(template, valueOf({ trace_id: 'a', 'span.id': '' }))).toBeUndefined();
  });

  it('leads to a page of the web alone', () => {
    const values = valueOf({ a: 'javascript:alert(1)', host: 'evil.example/' });
    for (const template of [
      '{a}',
      'javascript:alert("{a}")',
      'data:text/html,{a}',
      '/trace/{a}',
      'ftp://x/{a}',
    ])
      expect([template, traceLink(template, values)]).toEqual([template, undefined]);
    // A value stays within its place: it cannot name another host.
    expect(traceLink('https://{host}.example/', values)).toBeUndefined();
    expect(traceLink('https://trace.example/{a}', valueOf({ a: '\ud800' }))).toBe(
      'https://trace.example/%EF%BF%BD',
    );
  });

  it('needs a template that names a tag', () => {
    expect(problemOfTemplate('https://trace.example/{trace_id}')).toBeUndefined();
    expect(problemOfTemplate('https://trace.example/')).toBe('no place');
    expect(problemOfTemplate('trace.example/{trace_id}')).toBe('no address');
  });
});
