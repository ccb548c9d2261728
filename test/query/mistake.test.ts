import { expect, it } from 'vitest';
import { isMistake, mistake, showMistake } from '../../src/query/mistake.ts';
import { parseFilter } from '../../src/query/parse.ts';

function linesOf(text: string, at: number, length: number): string[] {
  return showMistake(text, mistake('It is wrong.', at, length, 'what is right')).split('\n');
}

it('what is wrong is marked, and what would be right is said', () => {
  expect(linesOf('a wrong one', 2, 5)).toEqual([
    'a wrong one',
    '  ^^^^^',
    'It is wrong. Expected what is right.',
  ]);
});

it('where something is missing is one mark', () => {
  expect(linesOf('a OR', 4, 0)).toEqual(['a OR', '    ^', expect.any(String)]);
});

it('marks stand under characters that are wide, combine or are shown as escapes', () => {
  expect(linesOf('日本 e\u0301 x', 6, 1).slice(0, 2)).toEqual(['日本 e\u0301 x', '       ^']);
  expect(linesOf('\n\u202e x', 3, 1).slice(0, 2)).toEqual(['\\n\\u202e x', '         ^']);
});

it('of a long text only what is around the mistake is shown', () => {
  const [text = '', marks = ''] = linesOf(
    `${'a'.repeat(1_000)}${'x'.repeat(900)}${'b'.repeat(900)}`,
    1_000,
    900,
  );
  expect(text).toBe(`…${'a'.repeat(40)}${'x'.repeat(24)}…${'b'.repeat(12)}…`);
  expect(text.slice(marks.indexOf('^'))).toMatch(/^x/);
});

it('a name in the words about a mistake is short and on one line', () => {
  const result = parseFilter(`"${'a'.repeat(100)}\n\u{202e}":`, { nowMs: 0, zone: 'UTC' });
  if (!isMistake(result)) return expect.fail('It was read.');
  expect(result.message).toMatch(/^A value is missing after `…a{36}\\n\\u202e":`\.$/);
});
