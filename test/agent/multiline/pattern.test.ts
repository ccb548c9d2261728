import { describe, expect, it } from 'vitest';
import { beginsBy, startPattern } from '../../../src/agent/multiline/pattern.ts';

function pattern(source: string): RegExp {
  const read = startPattern(source);
  if (!('pattern' in read)) throw new Error(read.refused);
  return read.pattern;
}

describe('a pattern of what begins an event', () => {
  it.each([
    ['\\d{4}-\\d{2}-\\d{2} ', '2026-11-05 x', true],
    ['^\\d{4}-\\d{2}', '2026-11', true],
    ['\\d{4}', ' 2026', false],
    ['ERROR|WARN', 'WARN x', true],
    ['ERROR|WARN', 'x WARN', false],
    ['.*ERROR', 'x ERROR', true],
    ['(?:[A-Z]{3} )?\\[(INFO|WARN)\\] \\w+ \\w+:', '[INFO] a b:', true],
    ['(\\d{1,3}\\.){3}\\d+ ', '10.0.0.1 x', true],
    ['\\d{14} (?:INFO|WARN|ERROR)\\s+\\S+:', '20261105134500 INFO a:', true],
    ['[*+?(|]x', '*x', true],
    ['(?<level>INFO) ', 'INFO x', true],
  ])('%s on %j', (source, line, begins) => {
    expect(beginsBy(pattern(source), line)).toBe(begins);
  });

  it.each([
    ['(', 'Invalid'],
    ['a)(?:b', 'Unmatched'],
    ['[', 'Invalid'],
    ['(a+)+', 'should not repeat a group'],
    ['(?:a*b)*', 'should not repeat a group'],
    ['(a|aa)+$', 'should not repeat a group'],
    ['((a+))*', 'should not repeat a group'],
    ['(a+){20}', 'should not repeat a group'],
    ['(a+){2,}', 'should not repeat a group'],
    ['(a)\\1', 'refer back'],
    ['(?<x>a)\\k<x>', 'refer back'],
    ['(a{1,10}){10}x', 'fewer repetitions'],
    ['(a|aa){10}(a|aa){10}(a|aa){10}x', 'fewer repetitions'],
    ['(?:a?){10}a*a*a*b', 'fewer repetitions'],
    ['(?:a{20}|b+){2}', 'should not repeat a group'],
    ['.*.*.*.*.*x', 'fewer repetitions'],
    ['a'.repeat(501), 'at most 500 characters'],
  ])('%s is refused', (source, reason) => {
    expect(startPattern(source)).toEqual({ refused: expect.stringContaining(reason) as string });
  });

  it('takes a bounded time on any line', () => {
    const line = 'a'.repeat(10_000_000);
    const startMs = performance.now();
    for (const source of ['.*.*.*.*x', '(?:a?){10}a*b', '(a{1,3}){10}x', '\\w+\\s+\\w+\\s+x', '(a|a){10}a*x'])
      for (let times = 0; times < 5; times += 1) expect(beginsBy(pattern(source), line)).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });
});
