import { describe, expect, it } from 'vitest';
import { readDiscard } from '../../src/screening/discard.ts';
import { readRules } from '../../src/screening/read-rules.ts';

describe('rules', () => {
  it('are read as they are written', () => {
    const text = String.raw`tag:password; tag:"a = b" = *** ;/\b\d{16}\b/=[card]
/key=[;/]+\/x/i; email="a; b";;
credit-card ;`;
    expect(readRules(text)).toEqual({
      kind: 'rules',
      rules: [
        { kind: 'tag', path: 'password', name: 'tag:password', replacement: '[redacted]' },
        { kind: 'tag', path: 'a = b', name: 'tag:"a = b"', replacement: '***' },
        {
          kind: 'pattern',
          source: String.raw`\b\d{16}\b`,
          ignoresCase: false,
          name: String.raw`/\b\d{16}\b/`,
          replacement: '[card]',
        },
        {
          kind: 'pattern',
          source: String.raw`key=[;/]+\/x`,
          ignoresCase: true,
          name: String.raw`/key=[;/]+\/x/i`,
          replacement: '[redacted]',
        },
        { kind: 'preset', preset: 'email', name: 'email', replacement: 'a; b' },
        { kind: 'preset', preset: 'credit-card', name: 'credit-card', replacement: '[redacted]' },
      ],
    });
  });

  it.each([
    ['emial', 'This names no rule.', 0],
    ['email; nonsense of many words', 'This names no rule.', 7],
    ['=x', 'This names no rule.', 0],
    ['tag:', 'This names no tag, or every one.', 4],
    ['tag:*', 'This names no tag, or every one.', 4],
    ['tag:*.*', 'This names no tag, or every one.', 4],
    ['/abc', 'This pattern is never closed.', 0],
    ['/abc/g', 'There are no flags `g`.', 5],
    ['email; /a(?=b)/', 'This looks ahead, looks back or has a name.', 9],
    ['email x', 'This names no rule.', 0],
    ['/a/ b', 'Something stands behind the rule.', 4],
    ['tag:"a" b', 'Something stands behind the rule.', 8],
    ['email=', 'This cannot stand in place of something.', 6],
    ['email=a"b', 'This cannot stand in place of something.', 6],
    [`email=${'x'.repeat(65)}`, 'This cannot stand in place of something.', 6],
    ['email=\\', 'This cannot stand in place of something.', 6],
    ['email; email=x', 'This rule is there twice.', 7],
    [' ; ', 'There are no rules.', 0],
    ['/\\w+/', 'What replaces it, `[redacted]`, is itself named by a rule.', 0],
    ['email=to a@b.cd', 'What replaces it, `to a@b.cd`, is itself named by a rule.', 0],
    ['email=123; /\\d/=#', 'What replaces it, `123`, is itself named by a rule.', 0],
    [Array.from({ length: 101 }, (_none, at) => `tag:a${at}`).join(';'), 'These are 101 rules.', 0],
  ])('%s: %s', (text, message, at) => {
    expect(readRules(text)).toMatchObject({ kind: 'mistakes', mistakes: [{ message, at }] });
  });

  it('are all looked at: each mistake has its place', () => {
    expect(readRules('emial; tag:password; /(/; tag:*; jwt')).toMatchObject({
      kind: 'mistakes',
      mistakes: [{ at: 0 }, { at: 22 }, { at: 30 }],
    });
  });

  it('whose replacement is what they name are right: nothing changes any more', () => {
    expect(readRules('email=***; /\\*+/=***')).toMatchObject({ kind: 'rules' });
  });
});

describe('what is not to be kept', () => {
  it('is a filter without times', () => {
    expect(readDiscard('severity:debug -service:alpha')).toMatchObject({ kind: 'and' });
    expect(readDiscard('time:today')).toMatchObject({ kind: 'mistake', at: 5 });
    expect(readDiscard('time<2026-01-01')).toMatchObject({ kind: 'mistake', at: 5 });
    expect(readDiscard('severity:')).toMatchObject({ kind: 'mistake' });
  });

  it.each(['*', ' ', 'time:*'])('is never everything: %s', (text) => {
    expect(readDiscard(text)).toMatchObject({ message: 'This matches every entry: none would be kept.' });
  });
});
