import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../src/logs/decode.ts';
import type { LogEntry, StoredEntry } from '../../src/logs/entry.ts';
import { isRejection } from '../../src/logs/rejection.ts';
import { readHistogram } from '../../src/query/answers/histogram.ts';
import { readPage } from '../../src/query/answers/page.ts';
import { readValues } from '../../src/query/answers/values.ts';
import { EVERYTHING, type Filter, fold, type Term } from '../../src/query/filter.ts';
import { parseFilter } from '../../src/query/parse.ts';
import { matches } from '../../src/query/predicate.ts';
import { printFilter } from '../../src/query/print.ts';
import { isTerm } from '../../src/query/terms.ts';
import { messageOf, own } from '../logs/messages.ts';
import { SearchGround } from './search-ground.ts';
import { entry } from './store-entries.ts';
import type { StoreSubject } from './store-subject.ts';

const NOW = { nowMs: Date.parse('2026-11-25T14:00:00Z'), zone: 'UTC' };
const DAY = { from: '2026-03-29 00:00:00.000000', to: '2026-03-30 00:00:00.000000' };

/** Texts that mean something to a database, a pattern, a path, an object or a terminal. */
const TEXTS: readonly string[] = [
  ...["'", "''", '"', '`', '\\', "\\'", '\\\\"', '\0', 'a\0b', '\x1a', '\n', '\r\n', '\t', ' ', '\u2028'],
  ...['%', '_', '|', '%_|', '|%', '||_', 'a%b', '*', '**', '?', ':name', '{d}', '#', '--', '/*!1 */'],
  ...["'; DROP TABLE service_logs; --", "' OR ''='", '" OR "1"="1', ') OR (1=1', "x' UNION SELECT 1 -- "],
  ...[
    '$',
    '$.a',
    '$."a"[*]',
    '$**',
    '$[0]',
    '$[last]',
    '**.a',
    '"$"',
    'a"b',
    'a."b".c',
    '[0]',
    '{}',
    '[]',
    'null',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'a.b',
    '.',
    '..',
    'a.',
    '.a',
    ';',
    '&',
    '<b>',
  ],
  ...[
    'OR',
    'NOT',
    '-x',
    '(',
    ')',
    'time',
    'tags.time',
    'service',
    'é',
    'É',
    'ß',
    'İ',
    'Σ',
    '😀',
    '“”',
    '\u202e',
  ],
  ...['0', '-0', '1e3', '007', 'true', 'k'.repeat(90), 'n'.repeat(1_500)],
];

/** What every reader finds, whatever is written there. */
export function searchTextsContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: searching for texts`, () => {
    const ground = new SearchGround(makeSubject);

    async function find(filter: Filter): Promise<readonly StoredEntry[]> {
      const request = { filter, stretch: { order: 'oldest' }, limit: 100_000 } as const;
      const page = await readPage(request, ground.means());
      expect(page.isComplete).toBe(true);
      return page.entries;
    }

    /** The ids of what is found by an expression that is this filter, as a person has to type it. */
    async function idsOf(filter: Filter): Promise<readonly string[]> {
      const read = parseFilter(printFilter(filter), NOW);
      expect(read).toEqual(filter);
      return (await find(filter)).map(({ eventId }) => eventId);
    }

    describe('that mean something to somebody', () => {
      const written = TEXTS.map(entryOf);

      beforeAll(() => ground.store.write(written));

      it.each(TEXTS.map((text, index) => [JSON.stringify(text).slice(0, 40), text, index] as const))(
        '%s is found by itself, wherever it stands',
        async (_, text, index) => {
          const own = written[index];
          for (const [isFound, filter] of filtersFor(text)) {
            const expected = written.filter(matches(filter)).map(({ eventId }) => eventId);
            const found = await idsOf(filter);
            expect(found, printFilter(filter)).toEqual(expected.toSorted());
            if (isFound(own)) expect(found, printFilter(filter)).toContain(own?.eventId);
          }
        },
      );

      it.each(TEXTS.map((text) => [JSON.stringify(text).slice(0, 40), text] as const))(
        '%s is a tag that can be counted by',
        async (_, text) => {
          const { values } = await readValues(
            { filter: EVERYTHING, of: { kind: 'tag', name: text }, range: DAY, limit: 1_000 },
            ground.means(),
          );
          expect(values).toContainEqual({ value: text, count: 1 });
          const by = { kind: 'tag', name: text } as const;
          const { buckets } = await readHistogram(
            { filter: EVERYTHING, ...DAY, by, maxBuckets: 10, zone: 'UTC' },
            ground.means(),
          );
          const counted = buckets.reduce((sum, { counts }) => sum + (counts.get(text) ?? 0), 0);
          expect(counted).toBe(1);
        },
      );

      it('no entry has such an id, unless it is one', async () => {
        const { timestamp } = entry();
        for (const text of TEXTS) {
          const found = await ground.reader.entry({ timestamp, eventId: text }, new AbortController().signal);
          expect(found?.eventId).toBe(written.find(({ eventId }) => eventId === text)?.eventId);
        }
      });

      it('and everything is still there', async () => {
        expect(await ground.store.totals()).toEqual({ rows: TEXTS.length });
        expect(await ground.store.verify()).toMatchObject({ agree: true });
      });
    });

    it('any text of a message goes in and is found by itself, or is refused with a reason', async () => {
      let [count, accepted] = [0, 0];
      await fc.assert(
        fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 12 }), async (texts) => {
          const stored: LogEntry[] = [];
          for (const text of texts) {
            count += 1;
            const record = own({ payload: text, service_name: text, tags: { v: text, [text]: 'named' } });
            const decoded = decode(messageOf(record, { messageId: `text-${count}` }));
            if (Array.isArray(decoded)) throw new Error('one record is one entry');
            if (isRejection(decoded)) expect(decoded.reason).not.toBe('');
            else stored.push(decoded as LogEntry);
            if (!text.isWellFormed()) expect(decoded).toHaveProperty('reason');
          }
          await ground.store.write(stored);
          accepted += stored.length;
          for (const one of stored) {
            for (const filter of filtersThatFind(one)) {
              expect(matches(filter)(one), printFilter(filter)).toBe(true);
              expect(await idsOf(filter), printFilter(filter)).toContain(one.eventId);
            }
          }
        }),
        { numRuns: 12 },
      );
      expect(accepted).toBeGreaterThan(10);
      expect(await ground.store.verify()).toMatchObject({ agree: true });
    });
  });
}

/** Any UTF-16, halves of surrogate pairs too, and any characters. */
const anyText = fc.oneof(
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
    .map((units) => String.fromCharCode(...units)),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc
    .array(fc.constantFrom(...TEXTS.filter(({ length }) => length < 20)), { maxLength: 3 })
    .map((all) => all.join('')),
);

/** An entry that has a text wherever it can have it. */
function entryOf(text: string, index: number): LogEntry {
  const isName = text.trim() === text && text !== '' && text.length <= 100;
  return entry({
    eventId: /^[!-~]{1,64}$/.test(text) ? text : `text-${index}`,
    serviceName: isName ? text : `service-${index}`,
    payload: `before ${text} after`,
    // Not as a literal: there `__proto__` is no name.
    tags: JSON.stringify(
      Object.fromEntries<unknown>([
        ['deep', Object.fromEntries([[text, text]])],
        ['list', ['first', text]],
        ['value', text],
        [text, text],
      ]),
    ),
  });
}

type FilterFor = readonly [isFound: (entry: LogEntry | undefined) => boolean, filter: Filter];

function filtersFor(text: string): FilterFor[] {
  const always = () => true;
  const equals = { kind: 'equals', text } as const;
  const begins = { kind: 'matches', pieces: [text, ''] } as const;
  return [
    [always, { kind: 'substring', text }],
    [always, { kind: 'column', column: 'payload', test: { kind: 'matches', pieces: ['', text, ''] } }],
    [(own) => own?.serviceName === text, { kind: 'column', column: 'service', test: equals }],
    [(own) => own?.serviceName === text, { kind: 'column', column: 'service', test: begins }],
    [(own) => own?.eventId === text, { kind: 'column', column: 'event_id', test: equals }],
    [(own) => own?.eventId === text, { kind: 'column', column: 'event_id', test: begins }],
    [always, { kind: 'tag', name: 'value', test: equals }],
    [always, { kind: 'tag', name: 'value', test: begins }],
    [always, { kind: 'tag', name: 'value', test: { kind: 'compare', op: '>=', text } }],
    [always, { kind: 'tag', name: 'list', test: equals }],
    [always, { kind: 'tag', name: text, test: equals }],
    [always, { kind: 'tag', name: text, test: { kind: 'exists' } }],
    [always, { kind: 'tag', name: `deep.${text}`, test: begins }],
  ];
}

/** What a person may look for of an entry. */
function filtersThatFind({ payload, serviceName }: LogEntry): Filter[] {
  return [
    { kind: 'substring', text: payload },
    { kind: 'column', column: 'payload', test: { kind: 'equals', text: payload } },
    { kind: 'column', column: 'service', test: { kind: 'equals', text: serviceName } },
    { kind: 'tag', name: 'v', test: { kind: 'equals', text: payload } },
    { kind: 'tag', name: payload, test: { kind: 'equals', text: 'named' } },
    ...wordsOf(payload),
  ];
}

/** Its words, as a person types them in any case. */
function wordsOf(payload: string): Term[] {
  const words = fold(payload).match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
  return words.map((text): Term => ({ kind: 'term', text, openStart: false, openEnd: false })).filter(isTerm);
}
