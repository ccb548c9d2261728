import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeAt } from '../../../packages/web/src/state/question/completion-place.ts';

/** `|` is the cursor; what would be replaced, and of which field: `service=<che>`. */
it.each([
  ['|', 'name <>'],
  ['ser|', 'name <ser>'],
  ['se|r timeout', 'name <se|r>'],
  ['timeout |', 'name <>'],
  ['timeout | x', 'name <>'],
  ['-us|', 'name <us>'],
  ['NOT us|', 'name <us>'],
  ['(a OR us|', 'name <us>'],
  ['x AND (us|)', 'name <us>'],
  ['service:|', 'service <>'],
  ['service:che|', 'service <che>'],
  ['x -service:ch|e y', 'service <ch|e>'],
  ['code>=5|', 'code <5>'],
  ['code:>=|', 'code <>'],
  ['code!=|', 'code <>'],
  ['service:(a OR b|', 'service <b>'],
  ['service:(a OR |)', 'service <>'],
  ['code:(>=4| <500)', 'code <4>'],
  ['service:(a OR b) us|', 'name <us>'],
  ['service:a us|', 'name <us>'],
  ['user:"Ann L|', 'user <"Ann L>'],
  ['user:"Ann| Lee" x', 'user <"Ann| Lee">'],
  ['"a b":x|', 'a b <x>'],
  ['tags.service:x|', 'tags.service <x>'],
  ['"card dec|', undefined],
  ['"card|" x', undefined],
  ['"card" us|', 'name <us>'],
  ['http://exa|', 'name <http://exa>'],
  ['std::vec|', 'name <std::vec>'],
  ['a | b', 'name <>'],
  ['parse() us|', 'name <us>'],
])('at the cursor of %s, %s is written', (marked, expected) => {
  const cursor = marked.indexOf('|');
  const text = marked.replace('|', '');
  const place = placeAt(text, cursor);
  const shown = place && text.slice(place.from, place.to);
  const before = place ? text.slice(place.from, cursor) : '';
  const cut = shown === before ? before : `${before}|${String(shown).slice(before.length)}`;
  expect(place && `${place.kind === 'name' ? 'name' : place.field} <${cut}>`).toBe(expected);
});

it('any expression has a place, or none, at any cursor', () => {
  const scraps = fc.constantFrom('(', ')', '"', '“', '\\', '-', ' ', ':', '>=', 'NOT ', 'a', 'é', '😀', '*');
  fc.assert(
    fc.property(fc.array(scraps, { maxLength: 12 }), fc.nat(14), (all, at) => {
      const text = all.join('');
      const cursor = Math.min(at, text.length);
      const place = placeAt(text, cursor);
      if (place === undefined) return;
      expect(place.from).toBeLessThanOrEqual(cursor);
      expect(place.to).toBeGreaterThanOrEqual(cursor);
      expect(place.to).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 2_000 },
  );
});
