import { describe, expect, it } from 'vitest';
import type { Filter } from '../../src/query/filter.ts';
import { isMistake, showMistake } from '../../src/query/mistake.ts';
import { parseFilter } from '../../src/query/parse.ts';
import { likelyColumns, likelyOperators, likelySeveral } from '../../src/query/slips.ts';

function parsed(expression: string): Filter {
  const filter = parseFilter(expression, { nowMs: 0, zone: 'UTC' });
  if (isMistake(filter)) throw new Error(showMistake(expression, filter));
  return filter;
}

function likely(expression: string): string[] {
  return likelyColumns(parsed(expression)).map(({ tag, column }) => `${tag}: ${column}`);
}

describe('columns that are likely meant', () => {
  it.each([
    ['severety:error', ['severety: severity']],
    ['servce:web', ['servce: service']],
    ['serivce:web', ['serivce: service']],
    ['servicee:web', ['servicee: service']],
    ['service_nam:web', ['service_nam: service_name']],
    ['a -(b OR Level:warn)', ['Level: level']],
    ['Service:web Service:api', ['Service: service']],
    ['service:web severity>=warn', []],
    ['tags.service:web', []],
    ['server:web user:7 code:500 ev:1', []],
    ['server words time', []],
  ])('%s: %j', (expression, expected) => {
    expect(likely(expression)).toEqual(expected);
  });
});

describe('operators that are likely meant', () => {
  it.each([
    ['a or b', ['or']],
    ['service:x and (not a OR b and c)', ['and', 'not']],
    ['a OR b', []],
    ['order android "or"', []],
  ])('%s: %j', (expression, expected) => {
    expect(likelyOperators(parsed(expression))).toEqual(expected);
  });
});

describe('lists and ranges that are likely meant', () => {
  it.each([
    ['service:web,checkout', ['service:(web OR checkout)']],
    ['code:400..499', ['code>=400 code<=499']],
    ['a -(code:1,2,3 OR temp:-5..1.5) code:1,2,3', ['code:(1 OR 2 OR 3)', 'temp>=-5 temp<=1.5']],
    ['"user name":ann,bob', ['"user name":(ann OR bob)']],
    ['service:web code:500 path:/a/../b', []],
    ['list:[1,2] text:"well, well" a:, b:1, c:.. d:1.. e:1...2 f:a..b..c', []],
    ['1,2 400..499 "web,checkout"', []],
  ])('%s: %j', (expression, expected) => {
    const found = likelySeveral(parsed(expression));
    expect(found.map(({ meant }) => meant)).toEqual(expected);
    // What is said is an expression again.
    for (const { written, meant } of found) expect([parsed(written), parsed(meant)]).toHaveLength(2);
  });
});
