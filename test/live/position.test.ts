import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePosition, printPosition } from '../../src/live/position.ts';
import { entryId } from '../../src/logs/entry-id.ts';
import { numbered } from './live-ground.ts';

it('a position is read as it was written, whatever dots the id of the entry has', () => {
  const eventId = fc.string({
    unit: fc.constantFrom('a', '.', '~', '-', ':', '/'),
    minLength: 1,
    maxLength: 64,
  });
  const entry = fc.option(
    eventId.map((id) => entryId(numbered(1, { eventId: id }))),
    { nil: undefined },
  );
  const position = fc.record({
    entryId: entry,
    epoch: fc.stringMatching(/^[\w-]{1,20}$/),
    sequence: fc.nat({ max: 2 ** 40 }),
    serverMs: fc.nat({ max: 2 ** 45 }),
  });
  fc.assert(
    fc.property(position, (given) => {
      expect(parsePosition(printPosition(given))).toEqual(given);
    }),
  );
});

it('what is no position is none', () => {
  const wrong = [
    '',
    '.',
    '...',
    'a.b.c',
    '.run.1',
    '.run.-1.1',
    '.run.1.z_',
    'ä.run.1.1',
    '.run.01.1',
    '<x>.run.1.1',
  ];
  expect(wrong.map(parsePosition)).toEqual(wrong.map(() => undefined));
  fc.assert(
    fc.property(fc.string(), (text) => {
      const position = parsePosition(text);
      if (position !== undefined) expect(printPosition(position)).toBe(text);
    }),
  );
});
