import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marksIn, searchedTexts } from '../../../packages/web/src/state/searched-texts.ts';
import { isMistake } from '../../../src/query/mistake.ts';
import { parseFilter } from '../../../src/query/parse.ts';
import { matches } from '../../../src/query/predicate.ts';
import { TEXT_EXAMPLES } from '../../../src/query/text-examples.ts';

const CONTEXT = { nowMs: Date.parse('2026-11-25T14:07:05Z'), zone: 'UTC' };

function marked(expression: string, text: string): string[] {
  return marksIn(searchedTexts(expression))(text).map(([from, to]) => text.slice(from, to));
}

describe('the words of a question', () => {
  it('are marked where they stand', () => {
    expect(marked('timeout severity>=warn', 'Timeout of read_timeout, timeout')).toEqual([
      'Timeout',
      'timeout',
    ]);
    expect(marked('"card declined" OR time*', 'timed: card declined')).toEqual(['time', 'card declined']);
    expect(marked('a.b+c', 'xa.b+c a.b+c')).toEqual(['a.b+c']);
    expect(marked('payload:*declined message:("x y" OR z)', 'x y declined')).toEqual(['x y', 'declined']);
    expect(marked('card "card declined"', 'card declined')).toEqual(['card declined']);
  });

  it('are not those that must not be there, nor those of fields', () => {
    expect(marked('-bot NOT (a OR b) user:ann -"x"', 'bot a b ann x')).toEqual([]);
    expect(marked('(', 'a (')).toEqual([]);
    expect(marked('', 'a')).toEqual([]);
  });

  it('are marked in what the language finds by them, and in nothing else', () => {
    const plain = TEXT_EXAMPLES.flatMap(({ examples }) => examples).flatMap((example) => {
      const filter = parseFilter(example.expression, CONTEXT);
      if (isMistake(filter)) throw new Error(example.expression);
      return filter.kind === 'term' || filter.kind === 'substring' ? [example] : [];
    });
    expect(plain.length).toBeGreaterThan(8);
    for (const { expression, finds, misses } of plain) {
      for (const { payload = '' } of finds)
        expect([payload, marked(expression, payload)]).not.toEqual([payload, []]);
      for (const { payload = '' } of misses)
        expect([payload, marked(expression, payload)]).toEqual([payload, []]);
    }
  });

  it('are found by the page where the server finds them', () => {
    const text = fc.string({
      maxLength: 8,
      unit: fc.constantFrom('a', 'A', '_', '.', ' ', 'ß', 'σ', 'ς', '1', '*', '😀'),
    });
    fc.assert(
      fc.property(text, text, (expression, payload) => {
        const filter = parseFilter(expression, CONTEXT);
        if (isMistake(filter) || filter.kind !== 'term') return;
        const entry = {
          timestamp: '2026-11-25 14:00:00.000000',
          serviceName: 's',
          severity: 'info',
          tags: null,
        } as const;
        expect(marked(expression, payload).length > 0).toBe(
          matches(filter)({ ...entry, eventId: 'e', payload }),
        );
      }),
      { numRuns: 400 },
    );
  });
});
