import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { FORMATS, readAlone } from '../../../src/agent/formats/all.ts';
import { WRAPPINGS } from '../../../src/agent/formats/containers.ts';
import { beginsWithTime } from '../../../src/agent/formats/text.ts';
import { isDeeperThan } from '../../../src/logs/json.ts';
import { parseTimestamp } from '../../../src/logs/timestamp.ts';
import { leastMs } from '../../support/growth.ts';
import { CONTEXT } from './reading.ts';
import { SAMPLES } from './samples.ts';

vi.setConfig({ testTimeout: 120_000 });
const LARGE = 400_000;
const MOST_MS = 10_000;
/** Of each format the first half of a line, behind which a text goes on. */
const BEGINNINGS = ['', ...SAMPLES.map(({ line }) => line.slice(0, line.length / 2))];

/** Texts of any kind, and lines of each format with parts of them elsewhere. */
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .tuple(
      fc.constantFrom(...SAMPLES.map(({ line }) => line)),
      fc.nat(400),
      fc.nat(20),
      fc.string({ maxLength: 8 }),
    )
    .map(([line, at, length, put]) => line.slice(0, at) + put + line.slice(at + length)),
  fc
    .tuple(
      fc.constantFrom(...SAMPLES.map(({ line }) => line)),
      fc.constantFrom(...SAMPLES.map(({ line }) => line)),
      fc.nat(400),
    )
    .map(([one, other, at]) => one.slice(0, at) + other.slice(at)),
);

describe('any text', () => {
  it.each(FORMATS.map((format) => [format.name, format] as const))(
    'is read as %s, or is not',
    (_name, format) => {
      fc.assert(
        fc.property(texts, (text) => {
          const reading = format.read(text, CONTEXT);
          if (reading === undefined) return;
          if (format.name !== 'json') expect(reading.payload).toBe(text);
          if (reading.timestamp !== undefined) {
            expect(parseTimestamp(`${reading.timestamp}Z`)).toBe(reading.timestamp);
          }
          for (const name of [reading.service, reading.host])
            if (name !== undefined) expect(name.trim()).toMatch(/^.{1,255}$/su);
          const tags: unknown = JSON.parse(JSON.stringify(reading.tags));
          expect(isDeeperThan(tags, 31)).toBe(false);
        }),
        { numRuns: 2_000 },
      );
    },
  );

  it('is of a format, or else text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(readAlone(text, CONTEXT)).toBeDefined();
        for (const wrapping of WRAPPINGS) wrapping.open(text);
        beginsWithTime(text, CONTEXT);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ...[
      '[',
      '"',
      ' ',
      'a=',
      'a="',
      "a='x ",
      '\\',
      '<1>',
      '1 ',
      ':',
      'a.',
      '{"',
      ', client: "',
      'Nov  5 ',
      '2026-',
    ],
    ...['- ', '](', '[a b="', '[a b="c"]', 'ERROR', '.Error', 'AH00124: ', '\u00e9'],
  ])('many times %j is told in time', (piece) => {
    // Were the time quadratic, one text of this size would take minutes.
    const text = piece.repeat(LARGE / piece.length);
    const run = () => {
      for (const before of BEGINNINGS) {
        readAlone(before + text, CONTEXT);
        beginsWithTime(before + text, CONTEXT);
      }
    };
    expect(leastMs(run, 1)).toBeLessThan(MOST_MS);
  });
});
