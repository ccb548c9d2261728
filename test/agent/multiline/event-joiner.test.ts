import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { EventJoiner, type JoinOptions } from '../../../src/agent/multiline/event-joiner.ts';
import { leastMs } from '../../support/growth.ts';
import { CONTEXT } from '../formats/reading.ts';
import { TRACES } from './traces.ts';

vi.setConfig({ testTimeout: 60_000 });
const AUTO: JoinOptions = { starts: 'auto', maxLines: 100, maxUnits: 10_000 };

function join(lines: readonly string[], options: Partial<JoinOptions> = {}): string[] {
  const joiner = new EventJoiner<{ text: string }>({ ...AUTO, ...options });
  const events = [...lines.flatMap((text) => joiner.push({ text }, CONTEXT)), ...joiner.flush()];
  return events.map((event) => event.lines.map(({ text }) => text).join('\n'));
}

const all = TRACES.map(({ text }) => text);
/** Nothing that a logger wrote, or the line of one. */
const CRASH = /^(?:Exception in thread|Unhandled exception|panic: |\/app|orders\.rb|2026)/;

describe('lines that hang together', () => {
  it.each(TRACES)('$what', ({ text }) => {
    const around = ['hello', text, '2026-11-05 13:45:09 INFO after', 'hello'];
    expect(join(around.join('\n').split('\n'))).toEqual(around);
  });

  it('are a trace, and the line of a logger above it that has a time', () => {
    for (const { text } of TRACES) {
      const line = '2026-11-05 13:45:00 ERROR it failed';
      const isOne = !CRASH.test(text);
      expect(join([line, ...text.split('\n')])).toEqual(isOne ? [`${line}\n${text}`] : [line, text]);
    }
  });

  it('are no lines that only stand below each other', () => {
    const lines = ['hello', 'world', '2026-11-05 13:45:00 a', 'b', '{"a":1}', '{"b":2}', 'Done', 'x: y'];
    expect(join(lines)).toEqual(lines);
  });

  it('are an indented line and the one above it', () => {
    expect(join(['a', '  b', '\tc', 'd', '', '', 'e'])).toEqual(['a\n  b\n\tc', 'd', 'e']);
    expect(join(['{', '  "a": 1', '}', 'x'])).toEqual(['{\n  "a": 1\n}', 'x']);
    expect(join(['  first', 'a'])).toEqual(['  first', 'a']);
  });

  it('keep the blank lines between them, and no others', () => {
    expect(join(['', 'a', '', '  b', '', 'c', ''])).toEqual(['a\n\n  b', 'c']);
  });
});

describe('lines that are joined by a pattern', () => {
  it('go on until one matches', () => {
    expect(join(['x', '[1] a', 'b', '', 'c', '', '[2] d'], { starts: /^\[\d\]/u })).toEqual([
      'x',
      '[1] a\nb\n\nc',
      '[2] d',
    ]);
  });
});

describe('an event', () => {
  it('grows to a number of lines or to a size, and is then continued', () => {
    const joiner = new EventJoiner<{ text: string }>({ ...AUTO, maxLines: 3 });
    const lines = ['a', ' 1', ' 2', ' 3', ' 4', 'b'];
    const events = [...lines.flatMap((text) => joiner.push({ text }, CONTEXT)), ...joiner.flush()];
    expect(events.map((event) => [event.lines.map(({ text }) => text).join(), event.isContinued])).toEqual([
      ['a, 1, 2', false],
      [' 3, 4', true],
      ['b', false],
    ]);
    expect(join(['a', ` ${'x'.repeat(60)}`, ` ${'y'.repeat(60)}`], { maxUnits: 100 })).toHaveLength(2);
  });

  it('waits until it is flushed', () => {
    const joiner = new EventJoiner<{ text: string }>(AUTO);
    expect(joiner.push({ text: 'a' }, CONTEXT)).toEqual([]);
    expect(joiner.firstPending).toEqual({ text: 'a' });
    expect(joiner.flush()).toHaveLength(1);
    expect(joiner.firstPending).toBeUndefined();
    expect(joiner.flush()).toEqual([]);
  });

  it('has each line that is not blank once, in order', () => {
    const lines = fc.array(
      fc.oneof(
        fc.constantFrom(...all.flatMap((text) => text.split('\n')), '', ' '),
        fc.string({ maxLength: 10 }),
      ),
      { maxLength: 60 },
    );
    const starts = fc.constantFrom<JoinOptions['starts']>('auto', /^[a-z]/u);
    fc.assert(
      fc.property(lines, starts, fc.integer({ min: 1, max: 9 }), (given, how, maxLines) => {
        const kept = (texts: readonly string[]) => texts.filter((text) => text.trim() !== '');
        const joined = join(given, { starts: how, maxLines });
        expect(kept(joined.flatMap((event) => event.split('\n')))).toEqual(
          kept(given.flatMap((line) => line.split('\n'))),
        );
        for (const event of joined) expect(event.trim()).not.toBe('');
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['a', 'a.', '.', '(', 'at ', ' ', '}', 'a(', 'Error', 'x:1'])(
    'of long lines of %j takes no longer',
    (piece) => {
      const long = piece.repeat(400_000 / piece.length);
      const lines = TRACES.flatMap(({ text }) => [...text.split('\n'), long]);
      const run = () => {
        join(lines);
      };
      expect(leastMs(run, 1)).toBeLessThan(5_000);
    },
  );
});
