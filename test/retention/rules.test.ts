import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LmsError } from '../../src/errors/catalogue.ts';
import { isMistake } from '../../src/query/mistake.ts';
import { printFilter } from '../../src/query/print.ts';
import { parseAge, printAge } from '../../src/retention/age.ts';
import { ruleWarnings } from '../../src/retention/rule-warnings.ts';
import { parseRules, printRules, requireRules, type Rule } from '../../src/retention/rules.ts';
import { filters } from '../query/arbitraries.ts';

function read(text: string): readonly Rule[] {
  return requireRules(text, 'the rules');
}

/** What is shown of a text that cannot be read. */
function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof LmsError) return error.message;
    throw error;
  }
  throw new Error('it can be read');
}

describe('rules', () => {
  it('are read from a line or a file, and written on one line', () => {
    const line = 'severity:debug=3d; service:alpha=7d; code:200=14d; *=365d';
    const file = `# what is kept for how long
severity:debug = 3d    # the noise
service:alpha = 1w;

   code:200=14d ;; *=1y
`;
    expect(printRules(read(line))).toBe(line);
    expect(printRules(read(file))).toBe(line);
    expect(printRules(read(file.replaceAll('\n', '\r\n')))).toBe(line);
  });

  it('are split outside of quotes alone', () => {
    expect(read('"a; b = c # d"=3d; note:“x;y”=2d').map(({ filter }) => printFilter(filter))).toEqual([
      '"a; b = c # d"',
      'note:"x;y"',
    ]);
    expect(printRules(read('url:/a#b?c=d=12h'))).toBe('url:/a#b?c=d=12h');
    expect(printRules(read('code>=500=forever'))).toBe('code>=500=forever');
  });

  it('say the same when they are read again, whatever the filters are', () => {
    const hours = fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined });
    const rule = fc.record({ filter: filters, hours });
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 5 }), (rules) => {
        const once = parseRules(printRules(rules));
        // What cannot be told from a comment, or asks for a time, is refused.
        fc.pre(!isMistake(once));
        const again = parseRules(printRules(once));
        expect(isMistake(again) ? again : printRules(again)).toEqual(printRules(once));
        expect(again).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['severity:debug', 'says no age', '`=` and an age'],
    ['severity:debug; *=3d', 'says no age', '`=` and an age'],
    ['=3d', 'does not say what it is for', 'a filter, or `*`'],
    ['*=0d', 'An age of nothing would delete everything', 'an hour at least'],
    ['*=3', '`3` is no age', '`12h`, `3d`'],
    ['*=3m', '`3m` is no age', '`12h`, `3d`'],
    ['*=3 days', '`3 days` is no age', '`12h`, `3d`'],
    ['*=', '`` is no age', '`12h`, `3d`'],
    ['*=2000y', 'No entry becomes so old', 'at most 1000y'],
    ['time<2026-01-01=3d', 'asks for a time', 'the age is the time of a rule'],
    ['a (b OR time>-3d)=3d', 'asks for a time', 'the age is the time of a rule'],
    ['"a=3d; *=1y', 'quotation mark is never closed', 'a closing quotation mark'],
    ['sevrity:(=3d', 'Expected', ''],
    ['', 'there is no rule in the rules', '`*=forever`'],
    ['# nothing\n', 'there is no rule in the rules', '`*=forever`'],
  ])('%j is refused with the reason', (text, reason, expected) => {
    expect(refusal(text)).toContain(reason);
    expect(refusal(text)).toContain(expected);
  });

  it('show the place of a mistake, in a file with its line', () => {
    expect(refusal('severity:debug=3d; *=3m')).toBe(
      'the rules cannot be understood:\n' +
        'severity:debug=3d; *=3m\n' +
        '                     ^^\n' +
        '`3m` is no age. Expected an age: `12h`, `3d`, `2w`, `1y`, or `forever`.',
    );
    expect(refusal('# kept\nseverity:debug=3d\n  severity:dbug=1d\n')).toContain(
      'line 3:\n  severity:dbug=1d\n',
    );
  });

  it('are at most a hundred', () => {
    const rules = Array.from({ length: 100 }, (_, at) => `n:${String(at)}=3d`).join('\n');
    expect(read(rules)).toHaveLength(100);
    expect(refusal(`${rules}\n*=1y`)).toContain('This is rule number 101');
  });

  it('have ages of hours, days, weeks and years', () => {
    expect(['12h', '36h', '3d', '2w', '1y', '1d12h', 'forever'].map((text) => parseAge(text))).toEqual(
      [12, 36, 72, 336, 8_760, 36, undefined].map((hours) => ({ hours })),
    );
    expect([12, 36, 72, 336, 8_760, undefined].map(printAge)).toEqual([
      '12h',
      '36h',
      '3d',
      '14d',
      '365d',
      'forever',
    ]);
  });
});

describe('a rule that never decides', () => {
  it.each([
    ['*=365d; severity:debug=3d', 'rule 1, *=365d, matches all that it does'],
    ['severity<=info=9d; a:b severity:debug=3d', 'rule 1, severity:(debug OR info)=9d, matches all'],
    ['service:a=9d; x:1=2d; service:a user:b=3d', 'rule 1, service:a=9d, matches all'],
    ['(service:a OR service:b)=9d; service:b=3d', 'rule 1, service:(a OR b)=9d, matches all'],
    ['severity<=warn=3d; severity>=error=forever; *=1d', 'rules before it match all its severities'],
    ['service:a service:b=3d', 'no entry can match it'],
  ])('is warned about: %s', (text, why) => {
    expect(ruleWarnings(read(text))).toEqual([expect.stringContaining(why)]);
  });

  it.each([
    'severity:debug=3d; service:alpha=7d; code:200=14d; *=365d',
    'service:a user:b=3d; service:a=9d',
    '-service:a=3d; service:a=9d',
    'a*=3d; ab*=9d',
  ])('is not seen where there is none: %s', (text) => {
    expect(ruleWarnings(read(text))).toEqual([]);
  });
});
