import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible, visibleJson, visibleLines } from '../../src/text/visible.ts';

describe('a text that is shown', () => {
  it.each([
    ['an escape sequence', '\u001b[2J', '\\u001b[2J'],
    ['line breaks and tabs', 'a\r\n\tb', 'a\\r\\n\\tb'],
    ['a control character of the second set', '\u009b31m', '\\u009b31m'],
    ['a change of direction', 'pay\u202egpj.exe', 'pay\\u202egpj.exe'],
    ['an isolate', '\u2066a\u2069', '\\u2066a\\u2069'],
    ['spaces without width', 'a\u200b\u200c\u200d\u2060\ufeffb', 'a\\u200b\\u200c\\u200d\\u2060\\ufeffb'],
    ['a soft hyphen', 'a\u00adb', 'a\\u00adb'],
    ['fillers, which are letters', '\u115f\u3164\uffa0', '\\u115f\\u3164\\uffa0'],
    ['separators of lines and paragraphs', '\u2028\u2029', '\\u2028\\u2029'],
    ['tags, which are beyond the first plane', '\u{e0041}', '\\udb40\\udc41'],
    ['a variation of nothing that varies', 'a\ufe0f', 'a\\ufe0f'],
    ['half of a surrogate pair', 'a\ud800b', 'a\\ud800b'],
    ['delete', '\u007f', '\\u007f'],
  ])('has %s as an escape', (_name, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it.each(['plain', 'Zürich', '日本語', 'שלום', 'مرحبا', '👩‍🚀 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿', '"quoted" \\n', 'e\u0301'])(
    'leaves %s as it is',
    (text) => {
      expect(visible(text)).toBe(text);
      expect(visibleLines(text)).toBe(text);
    },
  );

  it('keeps its lines where it may have several', () => {
    expect(visibleLines('a\n\u001bb\n')).toBe('a\n\\u001bb\n');
  });

  it('is printable, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u200b]/u);
      }),
    );
  });

  it('means the same as JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = visibleJson({ text });
        expect(JSON.parse(json)).toEqual({ text });
        expect(json.split('\n')).toHaveLength(4);
        expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      }),
    );
  });
});
