import { expect, it } from 'vitest';
import { isMistake } from '../../../src/query/mistake.ts';
import { readPattern } from '../../../src/screening/patterns/read-pattern.ts';

it.each([
  ['(?=a)b', 'This looks ahead, looks back or has a name.', 0],
  ['a(?<!b)', 'This looks ahead, looks back or has a name.', 1],
  ['(a)\\1', '`\\1` is not known here.', 3],
  ['\\p{L}', '`\\p` is not known here.', 0],
  ['a.*?b', 'Nothing is lazy here: all that matches is replaced.', 3],
  ['a**', 'Nothing is lazy here: all that matches is replaced.', 2],
  ['a{2}{3}', 'This repeats a repetition.', 0],
  ['+a', 'This repeats nothing.', 0],
  ['\\b+a', 'This repeats nothing.', 2],
  ['a{5,2}', 'The first number is the larger one.', 1],
  ['(ab', 'This `(` is never closed.', 0],
  ['ab)', 'This `)` closes nothing.', 2],
  ['[ab', 'This `[` is never closed.', 0],
  ['[]a', 'These brackets are empty.', 0],
  ['[z-a]', 'This is no range.', 1],
  ['[\\d-z]', 'This is no range.', 1],
  ['[😀]', 'This character stands for two.', 1],
  ['a\\', 'This `\\` escapes nothing.', 1],
  ['a*', 'This matches where there is nothing.', 0],
  ['', 'This matches where there is nothing.', 0],
  ['\\b', 'This matches where there is nothing.', 0],
  ['a|', 'This matches where there is nothing.', 0],
  ['(a{100}){100}', 'This is too large.', 0],
  [`${'('.repeat(60)}a${')'.repeat(60)}`, 'This nests too deep.', 50],
])('%s: %s', (source, message, at) => {
  expect(readPattern(source, false)).toMatchObject({ kind: 'mistake', message, at });
});

it.each(['a{', '{a}', 'a{,3}', ']', '}', '[-a]', '[a-]', 'a{2,3}', '\\/\\x2f\\u002f', '[\\b\\]]'])(
  '%s is read as JavaScript does',
  (source) => {
    expect(isMistake(readPattern(source, false))).toBe(false);
  },
);
