import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRules } from '../../src/screening/read-rules.ts';
import { Redactor } from '../../src/screening/redactor.ts';

/** A redactor by rules as a person writes them, and what it told. */
function redactorOf(text: string): { readonly redactor: Redactor; readonly told: Record<string, number> } {
  const read = readRules(text);
  if (read.kind === 'mistakes') throw new Error(JSON.stringify(read.mistakes));
  const told: Record<string, number> = {};
  const redactor = new Redactor(read.rules, (number) => {
    const name = read.rules[number]!.name;
    told[name] = (told[name] ?? 0) + 1;
  });
  return { redactor, told };
}

const text = (rules: string, value: string) => redactorOf(rules).redactor.text(value);
const json = (rules: string, value: unknown) =>
  redactorOf(rules).redactor.json(typeof value === 'string' ? value : JSON.stringify(value));

describe('the value of a tag', () => {
  it.each([
    ['password', { password: 'x', user: 'me' }, { password: '[redacted]', user: 'me' }],
    ['password', { a: { b: [{ PassWord: 'x' }] } }, { a: { b: [{ PassWord: '[redacted]' }] } }],
    ['password', { password: { old: 'x', new: ['y'] } }, { password: '[redacted]' }],
    ['password', { password: null, other: 1 }, { password: '[redacted]', other: 1 }],
    ['user.email', { user: { email: 'x' }, email: 'y' }, { user: { email: '[redacted]' }, email: 'y' }],
    ['user.email', { 'user.email': 'x' }, { 'user.email': '[redacted]' }],
    ['user.email', { a: { user: [{ email: 'x' }] } }, { a: { user: [{ email: '[redacted]' }] } }],
    ['user.email', { 'super.user': { email: 'x' } }, { 'super.user': { email: '[redacted]' } }],
    [
      'authorization',
      { 'http.request.header.authorization': 'x' },
      { 'http.request.header.authorization': '[redacted]' },
    ],
    [
      '*token*',
      { access_token: 'x', tokens: 3, tok: 'y' },
      { access_token: '[redacted]', tokens: '[redacted]', tok: 'y' },
    ],
    ['*token*', { 'access_token.value': 'x' }, { 'access_token.value': '[redacted]' }],
    [
      'headers.*key',
      { headers: { 'x-api-key': 'x' }, 'my-key': 'y' },
      { headers: { 'x-api-key': '[redacted]' }, 'my-key': 'y' },
    ],
    ['"a b"', { 'a b': 'x' }, { 'a b': '[redacted]' }],
    ['password', { password_hint: 'x', passwords: 'y' }, { password_hint: 'x', passwords: 'y' }],
  ])('tag:%s', (name, tags, expected) => {
    expect(JSON.parse(json(`tag:${name}`, tags)!)).toEqual(expected);
  });

  it('is found under a name that is spelled with escapes', () => {
    expect(json('tag:password', String.raw`{"p\u0061ssword":"x"}`)).toBe(
      String.raw`{"p\u0061ssword":"[redacted]"}`,
    );
  });

  it('is found in a payload that is JSON, has JSON in it, was cut off, or is JSON in a text', () => {
    const rules = 'tag:password';
    expect(text(rules, ' {"n":1.50,"password":"x"}\n')).toBe(' {"n":1.50,"password":"[redacted]"}\n');
    expect(text(rules, 'login {"password": "x", "a": 1} ok')).toBe(
      'login {"password": "[redacted]", "a": 1} ok',
    );
    expect(text(rules, '5" disk {"password":{"a":"}"},"b":2}')).toBe(
      '5" disk {"password":"[redacted]","b":2}',
    );
    expect(text(rules, '{"a":1,"password":"hunt')).toBe('{"a":1,"password":"[redacted]"');
    expect(text(rules, "{'password': 'x', 'b': None}")).toBe("{'password': '[redacted]', 'b': None}");
    expect(text(rules, '{"password": 12345')).toBe('{"password": "[redacted]"');
    expect(text(rules, String.raw`body="{\"password\":\"a\\\"b\",\"c\":1}"`)).toBe(
      String.raw`body="{\"password\":\"[redacted]\",\"c\":1}"`,
    );
    const inner = JSON.stringify({ log: JSON.stringify({ password: 'x', n: 1 }) });
    expect(text(rules, inner)).toBe(
      JSON.stringify({ log: JSON.stringify({ password: '[redacted]', n: 1 }) }),
    );
  });
});

describe('a pattern', () => {
  it('is replaced in payloads, and in texts, numbers and names of tags', () => {
    const rules = String.raw`/\b\d{16}\b/=[card]`;
    expect(text(rules, 'card 1234567890123456 used')).toBe('card [card] used');
    const tags =
      '{"a":["1234567890123456",{"b":1234567890123456}],"1234567890123456":1,"c":12345678901234567890}';
    expect(json(rules, tags)).toBe('{"a":["[card]",{"b":"[card]"}],"[card]":1,"c":12345678901234567890}');
  });

  it('leaves JSON of a payload JSON', () => {
    expect(text(String.raw`/\d{4}/=[pin]`, '{"pin":1234,"ok":true}')).toBe('{"pin":"[pin]","ok":true}');
  });

  it('that spans the structure of a payload is replaced there', () => {
    expect(text('/"pin":"[^"]*"/=***', 'x {"pin":"1234"}')).toBe('x {***}');
  });

  it('of the ends of a text is one of each value, too', () => {
    expect(json('/^sk-.*/', { a: 'sk-1', b: 'my sk-1' })).toBe('{"a":"[redacted]","b":"my sk-1"}');
  });

  it('finds what JSON has escaped', () => {
    expect(json('/a\\nb/', { a: 'a\nb' })).toBe('{"a":"[redacted]"}');
    expect(text('/me@/', String.raw`{"a":"me\u0040b"}`)).toBe('{"a":"[redacted]b"}');
  });

  it('gives two names of an object that become one each a name', () => {
    expect(json('/u\\d/', { u1: 1, u2: 2, u3: 3 })).toBe(
      '{"[redacted]":1,"[redacted] 2":2,"[redacted] 3":3}',
    );
  });

  it('cuts no character in two', () => {
    expect(text('/x./', 'ax😀b')).toBe('a[redacted]b');
  });

  it('on a text that it would take too long for: all of it is replaced', () => {
    let seed = 1;
    const noise = Array.from({ length: 50_000 }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return seed > 0x3fff_ffff ? 'a' : 'b';
    }).join('');
    const { redactor, told } = redactorOf('/a[ab]{24}c/');
    expect(redactor.text(noise)).toBe('[redacted]');
    expect(told).toEqual({ '/a[ab]{24}c/': 1 });
  });

  it('does not let a text grow without end', () => {
    expect(text('/z/=123456789', 'z '.repeat(50_000))).toBe('[redacted]');
  });
});

describe('replacements are counted', () => {
  it('by rule, each once; what is as it should be is not', () => {
    const { redactor, told } = redactorOf('tag:password; email');
    redactor.text('a@b.de and c@d.de');
    redactor.json('{"password":"x","other":"a@b.de"}');
    redactor.json('{"password":"[redacted]"}');
    redactor.text('{"password":"[redacted]"}');
    expect(told).toEqual({ 'tag:password': 1, email: 3 });
  });
});

const RULES = String.raw`tag:password; tag:user.email; tag:*token*; /\b\d{4,}\b/=[number]; /key=\w+/i=key=***; /x.y/=***; email`;

/** Texts of what the rules name, what is near to it, and what JSON makes difficult. */
const PIECES = fc.constantFrom(
  ...[
    'password',
    'user',
    'email',
    'user.email',
    'token',
    'key=',
    'KEY=a',
    '1234',
    '99999',
    'me@example.com',
    '12',
  ],
  ...[
    '"',
    "'",
    '\\',
    ':',
    ' ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '\n',
    'x',
    'y',
    '=',
    '😀',
    '.',
    '-',
    '[redacted]',
    '***',
  ],
);
const TEXT = fc.array(PIECES, { maxLength: 12 }).map((pieces) => pieces.join(''));
const VALUE = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    TEXT,
    fc.integer({ max: 100_000 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(TEXT, tie('value'), { maxKeys: 4 }),
    tie('value').map((value) => JSON.stringify(value)),
  ),
})).value;
const TAGS = fc.dictionary(TEXT, VALUE, { maxKeys: 5 });

/** What the rules name, said in another way. */
const NAMED = /\b\d{4,}\b|key=\w+|x.y|[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}/i;

function isLeft(found: string): boolean {
  return NAMED.test(found);
}

function leftIn(value: unknown, path = ''): string[] {
  if (typeof value === 'string' || typeof value === 'number')
    return isLeft(String(value)) ? [String(value)] : [];
  if (Array.isArray(value)) return value.flatMap((each) => leftIn(each, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const whole = `${path}.${name}`.toLowerCase();
    const isNamed = /\.password$|\.user\.email$|token[^.]*$/.test(whole) && member !== '[redacted]';
    return [...(isNamed ? [whole] : []), ...(isLeft(name) ? [name] : []), ...leftIn(member, whole)];
  });
}

describe('whatever comes', () => {
  const { redactor } = redactorOf(RULES);

  it('nothing that a rule names is left in tags, which stay JSON', () => {
    let changed = 0;
    fc.assert(
      fc.property(TAGS, (tags) => {
        const before = JSON.stringify(tags);
        const after = redactor.json(before);
        if (after !== before) changed += 1;
        expect(after).not.toBeNull();
        expect(leftIn(JSON.parse(after!))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
    expect(changed).toBeGreaterThan(500);
  });

  it('nothing that a pattern names is left in a payload', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          TEXT,
          VALUE.map((value) => JSON.stringify(value)),
        ),
        (payload) => {
          expect(isLeft(redactor.text(payload))).toBe(false);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('what was redacted stays as it is, and all stays well-formed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          TEXT,
          VALUE.map((value) => JSON.stringify(value)),
        ),
        TAGS,
        (payload, tags) => {
          const once = redactor.text(payload);
          expect(redactor.text(once)).toBe(once);
          expect(once.isWellFormed()).toBe(true);
          const written = redactor.json(JSON.stringify(tags))!;
          expect(redactor.json(written)).toBe(written);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('what has nothing that a rule names is the same to the last character', () => {
    const harmless = fc.string({ unit: fc.constantFrom(...'abc 123{}[]",:\\.'.split('')), maxLength: 30 });
    const { redactor: narrow } = redactorOf('tag:secret; /zz/; email; jwt; credit-card; private-key');
    const number = fc.constantFrom(
      '0.10',
      '1e400',
      '12345678901234567890',
      '-0',
      '1E+2',
      '100000000000000000.25',
    );
    fc.assert(
      fc.property(harmless, fc.array(number), fc.string(), (payload, numbers, odd) => {
        expect(narrow.text(payload)).toBe(payload);
        // Neither an address nor what the pattern names.
        const value = JSON.stringify(odd.replaceAll(/[@z]/g, ''));
        const tags = `{ "n" : [${numbers.join(' , ')}], "s":${value} }`;
        // With something to replace beside it, too.
        expect(narrow.json(tags)).toBe(tags);
        const beside = tags.replace(/\}$/, ',"secret":"x"}');
        expect(narrow.json(beside)).toBe(beside.replace('"x"}', '"[redacted]"}'));
      }),
      { numRuns: 1_000 },
    );
  });
});
