import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/logs/decode.ts';
import { entryOf, logEntry, messageOf, own, rejectionOf, severalOf } from './messages.ts';

const line = (payload: string): string => JSON.stringify(own({ payload }));
const seen = (data: unknown): string[] =>
  severalOf(data).map((each) => ('code' in each ? each.code : each.payload));

describe('a message of several records', () => {
  it.each([
    ['one a line', `${line('a')}\n${line('b')}\n`],
    ['lines that end with CR LF, and blank ones', `\r\n${line('a')}\r\n\r\n  \r\n${line('b')}\r\n`],
    ['one after the other', `${line('a')}${line('b')}`],
    [
      'over several lines each',
      `${JSON.stringify(own({ payload: 'a' }), null, 2)}\n${JSON.stringify(own({ payload: 'b' }), null, 2)}`,
    ],
    ['a list', `[${line('a')},${line('b')}]`],
    ['a list with space in it', ` [ ${line('a')} ,\n ${line('b')} ] `],
    ['a byte order mark and lines', `\ufeff${line('a')}\n${line('b')}`],
  ])('%s: is an entry each, in this order', (_what, data) => {
    expect(seen(data)).toEqual(['a', 'b']);
  });

  it('that is a list or a line of one is that one', () => {
    expect(entryOf([own()])).toEqual(entryOf(own()));
    expect(entryOf(`${line('a')}\n`)).toEqual(entryOf(line('a')));
    expect(rejectionOf([17]).code).toBe('not_an_object');
    expect(rejectionOf('[]').code).toBe('not_an_object');
  });

  it('decodes each by its own rules, and rejects those that are none', () => {
    expect(
      seen([
        own({ payload: 'ours' }),
        logEntry({ textPayload: 'theirs' }),
        own({ severity: 'loud' }),
        17,
        null,
      ]),
    ).toEqual(['ours', 'theirs', 'unknown_severity', 'not_an_object', 'not_an_object']);
    expect(seen(`${line('a')}\n{"service_name":\n${line('b')}`)).toEqual(['a', 'not_json', 'b']);
  });

  it('keeps the digits of numbers and the braces of texts', () => {
    const spelled = JSON.stringify(own({ payload: '}{"\\', n: 0 })).replace(
      '"n":0',
      '"n":12345678901234567890',
    );
    for (const data of [`[${spelled},${spelled}]`, `${spelled}${spelled}`, `${spelled}\n${spelled}`]) {
      for (const entry of severalOf(data)) {
        expect(entry).toMatchObject({ payload: '}{"\\', tags: '{"n":12345678901234567890}' });
      }
    }
  });

  it.each([
    ['lines', (records: string[]) => records.join('\n')],
    ['values', (records: string[]) => records.join('')],
    ['elements', (records: string[]) => `[${records.join()}]`],
  ])('may have 10,000 %s and no more, or what the options say', (_what, join) => {
    const records = Array.from(
      { length: 10_001 },
      () => '{"payload":"x","severity":"info","service_name":"a"}',
    );
    expect(severalOf(join(records.slice(1)))).toHaveLength(10_000);
    expect(rejectionOf(join(records)).code).toBe('too_many_entries');
    expect(rejectionOf(join(records.slice(0, 4)), {}, { maxEntries: 3 }).code).toBe('too_many_entries');
    expect(severalOf(join(records.slice(0, 3)), {}, { maxEntries: 3 })).toHaveLength(3);
  });

  it('that says the same in three ways gives the same entries, whatever it says', () => {
    const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(records, (members) => {
        const texts = members.map((tags) => JSON.stringify(own({ tags })));
        const [first, ...others] = [texts.join('\n'), texts.join(''), `[${texts.join(' , ')}]`].map((data) =>
          decode(messageOf(data)),
        );
        expect(first).toHaveLength(members.length);
        for (const other of others) expect(other).toEqual(first);
      }),
    );
  });

  it('is never looked at for ever, or thrown over: damaged lists and lines', () => {
    const base = `[${line('a')},${line('b')}]\n${line('c')}`;
    const cut = fc.tuple(
      fc.nat(base.length),
      fc.nat(base.length),
      fc.constantFrom('', '[', '"', '\\', '}', '\n'),
    );
    fc.assert(
      fc.property(cut, ([start, end, put]) => {
        expect(() => decode(messageOf(base.slice(0, start) + put + base.slice(end)))).not.toThrow();
      }),
    );
  });
});
