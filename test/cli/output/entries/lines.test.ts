import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryLines, type LinesStyle } from '../../../../src/cli/output/entries/lines.ts';
import { leave, paint } from '../../../../src/cli/output/style.ts';
import type { StoredEntry } from '../../../../src/logs/entry.ts';
import { SEVERITIES } from '../../../../src/logs/severity.ts';
import { ZoneClock } from '../../../../src/query/zone-clock.ts';
import { visibleLines } from '../../../../src/text/visible.ts';
import { columnsOf } from '../../../../src/text/width.ts';
import { growth, leastMs } from '../../../support/growth.ts';

/** Four times the lines take four times as long; sixteen would be quadratic, and what is large costs caches more. */
const MOST_GROWTH = 12;
/** Below this, in milliseconds, a time says nothing. */
const MEASURABLE_MS = 10;

const usual: StoredEntry = {
  timestamp: '2026-11-25 14:00:05.123456',
  eventId: 'e',
  serviceName: 'checkout',
  severity: 'warn',
  payload: 'card declined',
  tags: null,
  createdAt: '2026-11-25 14:00:06.000000',
};
const clock = new ZoneClock('UTC');
const piped: LinesStyle = { columns: undefined, wrap: false, paint: leave, clock };

function shown(changes: Partial<StoredEntry>, style: Partial<LinesStyle> = {}): string {
  return new EntryLines({ ...piped, ...style }).format({ ...usual, ...changes });
}

describe('an entry as a line', () => {
  it('has an exact time with its offset where a file or a program gets it', () => {
    expect(shown({})).toBe('2026-11-25T14:00:05.123456+00:00  warn   checkout  card declined\n');
    expect(shown({}, { clock: new ZoneClock('Europe/Berlin') })).toMatch(
      /^2026-11-25T15:00:05\.123456\+01:00 /,
    );
  });

  it('has a time to read on a terminal', () => {
    expect(shown({}, { columns: 80 })).toBe('2026-11-25 14:00:05.123  warn   checkout  card declined\n');
  });

  it('has its tags behind the text, as conditions that find them', () => {
    const tags =
      '{"code":500,"user":"a b","in":{"side":null},"list":[1,"x"],"big":12345678901234567890,"empty":{}}';
    expect(shown({ tags })).toContain(
      'card declined  code:500 user:"a b" in.side:null list:[1,"x"] big:12345678901234567890 empty:{}\n',
    );
    expect(shown({ payload: '', tags: '{"a":1}' })).toMatch(/checkout {2}a:1\n$/);
    expect(shown({ tags: '{"service":"x","a b":1,"OR":"AND"}' })).toContain(
      'tags.service:x "a b":1 OR:"AND"\n',
    );
  });

  it('keeps all lines of a stack trace under each other, and the tags at its end', () => {
    const payload = 'Error: boom\r\n\tat a.b.C(C.java:1)\n\n\tat d\n\n';
    const text = ' '.repeat(51);
    expect(shown({ payload, tags: '{"a":1}' })).toBe(
      '2026-11-25T14:00:05.123456+00:00  warn   checkout  Error: boom\n' +
        `${text}    at a.b.C(C.java:1)\n\n${text}    at d  a:1\n`,
    );
  });

  it('is cut to the width of the terminal, with a mark, and nowhere else', () => {
    const long = { payload: 'x'.repeat(500), tags: '{"a":1}' };
    expect(shown(long)).toContain(`${'x'.repeat(500)}  a:1\n`);
    const cut = shown(long, { columns: 80 });
    expect(cut).toMatch(/ x+…\n$/);
    expect(columnsOf(cut.trimEnd())).toBe(80);
    expect(shown({ tags: '{"tag":"a long value of a tag"}' }, { columns: 66 })).toMatch(
      /declined {2}tag:"a l…\n$/,
    );
  });

  it('goes on in further lines with --wrap, and nothing is left out', () => {
    const text = shown({ payload: 'x'.repeat(90), tags: '{"a":1}' }, { columns: 80, wrap: true });
    const lines = text.trimEnd().split('\n');
    expect(lines.every((line) => columnsOf(line) <= 80)).toBe(true);
    expect(text.match(/x/g)).toHaveLength(90);
    expect(lines.at(-1)).toMatch(/x {2}a:1$/);
  });

  it('has no condition over two lines with --wrap that fits into one', () => {
    const tags = Object.fromEntries(
      Array.from({ length: 12 }, (_none, index) => [`name${index}`, 'some value']),
    );
    const text = shown({ tags: JSON.stringify(tags) }, { columns: 80, wrap: true });
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.every((line) => columnsOf(line) <= 80)).toBe(true);
    for (const name of Object.keys(tags)) expect(text).toContain(`${name}:"some value"`);
    const long = shown({ tags: `{"long":"${'y'.repeat(100)}"}` }, { columns: 80, wrap: true });
    expect(long.match(/y/g)).toHaveLength(100);
  });

  it('has its text below the columns where the terminal is narrow', () => {
    expect(shown({}, { columns: 50 })).toBe('2026-11-25 14:00:05.123  warn   checkout\n    card declined\n');
  });

  it('is aligned by what is seen: wide characters are two columns', () => {
    const lines = new EntryLines({ ...piped, columns: 100 });
    const others = ['日本', 'api', 'e\u0301te\u0301'].map((serviceName) => ({ ...usual, serviceName }));
    lines.makeRoomFor(others);
    const starts = others.map((entry) => {
      const line = lines.format(entry);
      return columnsOf(line.slice(0, line.indexOf('card')));
    });
    expect(new Set(starts).size).toBe(1);
    expect(shown({ serviceName: 's'.repeat(90) }, { columns: 100 })).toContain(` ${'s'.repeat(23)}…  card`);
    expect(shown({ serviceName: 's'.repeat(90) })).toContain('s'.repeat(90));
  });

  it.each([true, false])('does nothing to a terminal, whatever it holds (colours: %s)', (isColored) => {
    const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed());
    const hostile = fc.constantFrom(
      '\x1b[2J',
      '\x1b]0;title\x07',
      '\u202e',
      '\r',
      '\x00',
      '\x9b',
      '\u2028',
      '\x7f',
      'a\nb',
    );
    const value = fc.array(fc.oneof(text, hostile), { maxLength: 4 }).map((parts) => parts.join(''));
    const entries = fc.record({
      payload: value,
      serviceName: value,
      severity: fc.constantFrom(...SEVERITIES),
      tags: fc.option(
        fc.dictionary(value, fc.oneof(value, fc.array(value))).map((tags) => JSON.stringify(tags)),
      ),
    });
    const styles = fc.record({
      columns: fc.option(fc.integer({ min: 20, max: 120 }), { nil: undefined }),
      wrap: fc.boolean(),
    });
    fc.assert(
      fc.property(entries, styles, (entry, style) => {
        const out = shown(entry, { ...style, paint: isColored ? paint : leave });
        const colors = out.match(/\x1b\[[\d;]*m/g) ?? [];
        const plain = out.replaceAll(/\x1b\[[\d;]*m/g, '');
        expect(plain).not.toMatch(/[[\p{Cc}\p{Zl}\p{Zp}]--[\n]]/v);
        expect(plain).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
        if (!isColored) expect(colors).toEqual([]);
        if (style.columns === undefined) return;
        for (const line of plain.split('\n').slice(1))
          expect(columnsOf(line)).toBeLessThanOrEqual(Math.max(style.columns, 40));
      }),
    );
  });

  it('has a colour for how bad it is, which ends in its line', () => {
    const line = shown({ severity: 'error', payload: 'a\nb', tags: '{"x":1}' }, { paint });
    expect(line).toContain('\x1b[31merror\x1b[0m');
    expect(line).toContain('\x1b[2m  x:1\x1b[0m');
    for (const part of line.split('\n').filter((each) => each !== '')) expect(part).toMatch(/\x1b\[0m$/);
    expect(stripVTControlCharacters(line)).toBe(
      shown({ severity: 'error', payload: 'a\nb', tags: '{"x":1}' }),
    );
    expect(shown({ severity: 'info' }, { paint })).toContain('  info ');
  });

  it('is marked if it is one of those that were asked for', () => {
    expect(shown({}, { isMarked: () => true })).toMatch(/^> 2026/);
    expect(shown({}, { isMarked: () => false })).toMatch(/^ {2}2026/);
  });

  it.each([
    ['plain', 'x'],
    ['what cannot be seen', '\u200b'],
    ['wide characters', '日'],
  ])('is shown at once, however long its line: %s', (_what, part) => {
    const payload = part.repeat(512 * 1024);
    const ms = leastMs(() => shown({ payload }, { columns: 80 }));
    // What is cut off is not looked at, which would take as long as to make all of it visible.
    expect(ms).toBeLessThan(Math.max(MEASURABLE_MS, leastMs(() => visibleLines(payload)) / 4));
  });

  it('is shown at once, however many lines it has', () => {
    const prepare = (size: number) => `${'\n'.repeat(size)}x`;
    const show = (payload: string) => shown({ payload }, { columns: 80 });
    expect(growth(prepare, show, MOST_GROWTH)).toBeLessThanOrEqual(MOST_GROWTH);
  });
});
