import { expect, it } from 'vitest';
import { beginningOf, describeLetter, type ReadLetter } from '../../src/export/dead-letters.ts';
import { readRules } from '../../src/screening/read-rules.ts';
import { Screen } from '../../src/screening/screen.ts';

function letterOf(text: string, reason = 'severity is "me@example.com".'): ReadLetter {
  const data = Buffer.from(text);
  return {
    messageId: '1',
    publishTime: '2026-11-25T12:00:00Z',
    arrivedAtMs: 0,
    code: 'unknown_severity',
    reason,
    part: undefined,
    bytes: data.length,
    original: { data, attributes: {} },
  };
}

function view(rules: string) {
  const read = readRules(rules);
  if (read.kind === 'mistakes') throw new Error('a test is wrong');
  const screen = new Screen({ discard: undefined, redact: read.rules });
  return { defaultService: 'shop', shown: (text: string) => screen.text(text) };
}

const AS_IT_CAME = { defaultService: undefined };

it('a dead letter is shown without what REDACT names, in its reason and its beginning', () => {
  const letter = letterOf('{"severity":"me@example.com","password":"hunter2","payload":"ok"}');
  const redacted = view('email; tag:password');
  expect(describeLetter(letter, redacted)).toMatchObject({
    reason: 'severity is "[redacted]".',
    service: 'shop',
  });
  expect(beginningOf(letter, redacted)).toBe(
    '{"severity":"[redacted]","password":"[redacted]","payload":"ok"}',
  );
  expect(beginningOf(letter, AS_IT_CAME)).toContain('hunter2');
  expect(describeLetter(letter, AS_IT_CAME).reason).toContain('me@example.com');
});

it('what is cut off where the beginning ends is redacted all the same', () => {
  const letter = letterOf(
    `{"payload":"${'x'.repeat(470)} me@example.com ${'x'.repeat(100_000)}","password":"hunt`,
  );
  const beginning = beginningOf(letter, view('email; tag:password'));
  expect(beginning).toHaveLength(500);
  expect(beginning).toMatch(/x \[redacted\]/);
  expect(beginningOf(letterOf('{"password":"hunt'), view('tag:password'))).toBe('{"password":"[redacted]"');
});
