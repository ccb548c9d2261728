import { expect, it } from 'vitest';
import { isMistake, showMistake } from '../../src/query/mistake.ts';
import { parseFilter } from '../../src/query/parse.ts';
import { type Filtered, matches } from '../../src/query/predicate.ts';
import { printFilter } from '../../src/query/print.ts';

// What people stumble over most in the search languages of other log stores, each as it should be.

const CONTEXT = { nowMs: Date.UTC(2026, 10, 25, 14, 7, 5), zone: 'UTC' };
const ENTRY: Filtered = {
  timestamp: '2026-11-25 14:03:20.000000',
  eventId: 'b2f1',
  serviceName: 'checkout',
  severity: 'warn',
  payload: 'started',
  tags: null,
};

function finds(expression: string, entry: Partial<Filtered>): boolean {
  const filter = parseFilter(expression, CONTEXT);
  if (isMistake(filter)) throw new Error(showMistake(expression, filter));
  return matches(filter)({ ...ENTRY, ...entry });
}

it('an address, with its colons, is found as text and as a value', () => {
  const url = 'https://user@10.0.0.1:8443/a?b=c:d&e=(f)#g';
  expect(finds(url, { payload: `GET ${url}.` })).toBe(true);
  expect(finds(`url:${url}`, { tags: JSON.stringify({ url }) })).toBe(true);
});

it('a path of Windows is found without escapes; in quotes a backslash that is no escape is refused, not dropped', () => {
  const path = 'C:\\some\\new\\';
  expect(finds(`path:${path}`, { tags: JSON.stringify({ path }) })).toBe(true);
  expect(finds(path, { payload: `opened ${path}` })).toBe(true);
  expect(isMistake(parseFilter('path:"C:\\some\\location\\"', CONTEXT))).toBe(true);
});

it('quotation marks and line breaks can be said, and are found on both sides of a word', () => {
  expect(finds('"\\"SIX\\""', { payload: '{"node":"SIX"}' })).toBe(true);
  expect(finds('"\\"SIX\\""', { payload: 'state: SIX' })).toBe(false);
  const value = 'Get "https://x":\ttime-out `1`\n';
  const filter = { kind: 'tag', name: 'log', test: { kind: 'equals', text: value } } as const;
  expect(printFilter(filter)).toBe('log:"Get \\"https://x\\":\\ttime-out `1`\\n"');
  expect(finds(printFilter(filter), { tags: JSON.stringify({ log: value }) })).toBe(true);
});

it('what is pasted from JSON means the field of that name', () => {
  expect(finds('"user":"bot" "code":500', { tags: '{"user":"bot","code":500}' })).toBe(true);
  expect(finds('{"user":"bot"}', { payload: 'got {"user":"bot"}' })).toBe(true);
});

it('a negation includes entries that lack the field', () => {
  for (const expression of ['-target:foo', 'target!=foo', 'NOT target:foo', '-target:(foo OR bar)']) {
    expect(finds(expression, { tags: null })).toBe(true);
    expect(finds(expression, { tags: '{"target":"baz"}' })).toBe(true);
    expect(finds(expression, { tags: '{"target":"foo"}' })).toBe(false);
  }
});

it('what compares in other languages and not here is refused, not read as a value', () => {
  for (const expression of ['code<>500', 'code:<>500', 'code=<500', 'code==<500', 'code=>500']) {
    const mistake = parseFilter(expression, CONTEXT);
    expect(isMistake(mistake) && showMistake(expression, mistake)).toMatch(/compares nothing.*`!=`/s);
  }
  const filter = { kind: 'tag', name: 'code', test: { kind: 'compare', op: '<', text: '>500' } } as const;
  expect(finds('code<">500"', { tags: '{"code":"<"}' })).toBe(true);
  expect(printFilter(filter)).toBe('code<">500"');
});

it('a dash within a word, alone or before another negates nothing', () => {
  expect(finds('1234-4332', { payload: 'id 1234-4332' })).toBe(true);
  expect(finds('my-dashboard-name', { payload: 'my-dashboard-name' })).toBe(true);
  expect(finds('a - error', { payload: 'a - error' })).toBe(true);
  expect(finds('--error', { payload: 'run --error' })).toBe(true);
  expect(finds('a -> error', { payload: 'a -> error' })).toBe(true);
  expect(finds('a -> error', { payload: 'a error' })).toBe(false);
  expect(finds('-error', { payload: 'an error' })).toBe(false);
  expect(finds('temperature:-5', { tags: '{"temperature":-5}' })).toBe(true);
  expect(finds('temperature:(-5 OR -3)', { tags: '{"temperature":-3}' })).toBe(true);
});

it('a wildcard goes together with spaces, quotes and special characters', () => {
  const tags = '{"span.name":"Elasticsearch: POST /tmp-1/_search"}';
  expect(finds('span.name:"Elasticsearch: POST /"*/_search', { tags })).toBe(true);
  expect(finds('span.name:*" POST "*', { tags })).toBe(true);
  expect(finds('span.name:"Elasticsearch: POST /*/_search"', { tags })).toBe(false);
  expect(finds('machine:eu-prod*', { tags: '{"machine":"eu-prod-7"}' })).toBe(true);
});

it('numbers compare by size, also as text, and lose no digit', () => {
  const tags = '{"sequence":1763556497161513791,"duration":"9","code":"0x10"}';
  expect(finds('sequence>1763556497161513790', { tags })).toBe(true);
  expect(finds('sequence>1763556497161513791', { tags })).toBe(false);
  expect(finds('sequence:1763556497161513791', { tags })).toBe(true);
  expect(finds('duration<10', { tags })).toBe(true);
  expect(finds('code>0', { tags })).toBe(false);
});

it('a value may be any word, that of an operator too', () => {
  for (const value of ['OR', 'AND', 'NOT', 'in.example.com', 'range', '<null>', 'v1;v1.14.1']) {
    const filter = { kind: 'tag', name: 'domain', test: { kind: 'equals', text: value } } as const;
    expect(finds(`domain:"${value}"`, { tags: JSON.stringify({ domain: value }) })).toBe(true);
    expect(parseFilter(printFilter(filter), CONTEXT)).toEqual(filter);
  }
  expect(finds('domain:OR', { tags: '{"domain":"OR"}' })).toBe(true);
  expect(finds('"OR"', { payload: 'EITHER OR' })).toBe(true);
});

it('AND binds tighter than OR in whichever order, with and without being written', () => {
  const only = { tags: '{"a":"a","b":"b"}' };
  for (const expression of ['a:a AND b:b OR c:c', 'c:c OR a:a b:b', 'a:a (b:b OR c:c)', 'c:c OR a>=a']) {
    expect(finds(expression, only)).toBe(true);
  }
  expect(finds('a:x b:b OR c:c', only)).toBe(false);
  expect(finds('a:x (b:b OR c:c)', only)).toBe(false);
});

it('words are found in whatever case they are on either side; or is a word and OR is not', () => {
  for (const word of ['userId', 'userid', 'USERID']) expect(finds(word, { payload: 'userId=7' })).toBe(true);
  expect(finds('this or that', { payload: 'this, that' })).toBe(false);
  expect(finds('this OR other', { payload: 'this, that' })).toBe(true);
});

it('spaces around an operator are pointed at, not searched for', () => {
  for (const expression of [
    'service : checkout',
    'service: checkout',
    'code >= 500',
    'code >=500',
    'a = b',
    'a != b',
  ]) {
    expect(isMistake(parseFilter(expression, CONTEXT))).toBe(true);
  }
});
