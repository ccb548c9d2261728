import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ansiRuns, hasAnsi } from '../../../packages/web/src/logs/entry/ansi.ts';
import { beginningOf, chunksOf, sizeText } from '../../../packages/web/src/logs/entry/sizes.ts';
import { stackLines } from '../../../packages/web/src/logs/entry/stack-trace.ts';
import { piecesOf } from '../../../packages/web/src/logs/entry/text-pieces.ts';

const ESC = '\u001b';

function shown(text: string, isOneLine = false): string {
  return piecesOf(text, { isOneLine })
    .map((piece) => piece.text)
    .join('');
}

describe('colours of a terminal', () => {
  it('are kept apart, and a text without sequences is one run as it was', () => {
    expect(ansiRuns(`a${ESC}[1;31mb${ESC}[0mc${ESC}[38;5;21md${ESC}[39m${ESC}[4me${ESC}[24mf`)).toEqual([
      { text: 'a', look: undefined },
      { text: 'b', look: { isBold: true, fg: 'red' } },
      { text: 'c', look: undefined },
      { text: 'd', look: { fg: 'blue' } },
      { text: 'e', look: { fg: undefined, isUnderlined: true } },
      { text: 'f', look: undefined },
    ]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        fc.pre(!hasAnsi(text));
        expect(ansiRuns(text).map((run) => run.text)).toEqual(text === '' ? [] : [text]);
      }),
    );
  });

  it('are the nearest of a few, however they are written', () => {
    const colourOf = (code: string) => ansiRuns(`${ESC}[${code}mx`)[0]?.look;
    expect(colourOf('38;2;255;0;0')).toEqual({ fg: 'red' });
    expect(colourOf('38:2::0:200:0')).toEqual({ fg: 'green' });
    expect(colourOf('48;5;226')).toEqual({ bg: 'yellow' });
    expect(colourOf('96')).toEqual({ fg: 'cyan' });
    expect(colourOf('90')).toEqual({ fg: 'grey' });
    expect(colourOf('1;38;5;244;4')).toEqual({ isBold: true, fg: 'grey', isUnderlined: true });
    // Neither the colour of another ground nor being concealed hides anything.
    expect(colourOf('30;8')).toBeUndefined();
  });

  it('are all that a sequence does: the others move nothing, and what is none is seen', () => {
    expect(shown(`a${ESC}[2Jb${ESC}[10;20Hc\u009b31md`)).toBe('abcd');
    expect(shown(`${ESC}]0;title\u0007`)).toBe('\\u001b]0;title\\u0007');
    expect(shown(`${ESC}[`)).toBe('\\u001b[');
  });
});

describe('pieces of a text', () => {
  it('show what could hide or reorder the rest', () => {
    expect(shown('\u202eabc\u202c \u200b\u0000\u2028 \ud800')).toBe(
      '\\u202eabc\\u202c \\u200b\\u0000\\u2028 \\ud800',
    );
    expect(piecesOf('a\u202eb')).toEqual([
      { text: 'a' },
      { text: '\\u202e', isControl: true },
      { text: 'b' },
    ]);
    expect(shown('tab\there, 👩‍💻 and ❤️ stay')).toBe('tab\there, 👩‍💻 and ❤️ stay');
    expect(shown('a\u200db')).toBe('a\\u200db');
  });

  it('have lines, or stand on one', () => {
    expect(shown('a\r\nb\nc\rd')).toBe('a\r\nb\nc\\rd');
    expect(shown('a\r\nb\nc', true)).toBe('a↵ b↵ c');
  });

  it('are the text itself where it has nothing else', () => {
    const unit = fc.constantFrom(...'abc <>&"\'\u00e4\u4e2d'.split(''));
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(shown(text, true)).toBe(text);
      }),
    );
  });

  it('are marked across colours', () => {
    const marks = (text: string) => [[1, text.length - 1] as const];
    expect(piecesOf(`ab${ESC}[31mcd`, { marks })).toEqual([
      { text: 'a' },
      { text: 'b', isMark: true },
      { text: 'c', look: { fg: 'red' }, isMark: true },
      { text: 'd', look: { fg: 'red' } },
    ]);
  });
});

describe('a stack trace', () => {
  const FRAMES = {
    'of JavaScript': ['TypeError: x', '>    at f (/srv/a.js:1:2)', '>    at node:internal/b:3:4'],
    'of Java': [
      'java.lang.IllegalStateException: x',
      '>\tat com.shop.Cart.add(Cart.java:17)',
      '>\t... 12 more',
      'Caused by: java.io.IOException: y',
      '>\tat com.shop.Db.read(Db.java:3)',
    ],
    'of Python': [
      'Traceback (most recent call last):',
      '>  File "/srv/a.py", line 3, in <module>',
      '>    f(x)',
      '>    ~^^^',
      'ZeroDivisionError: division by zero',
    ],
    'of Go': [
      'panic: x',
      '',
      'goroutine 1 [running]:',
      '>main.f(0x1)',
      '>\t/srv/main.go:5 +0x1d',
      '>main.main()',
      '>\t/srv/main.go:9 +0x2a',
    ],
    'of C#': [
      'System.Exception: x',
      '>   at Shop.Cart.Add() in /srv/Cart.cs:line 5',
      '>   at Shop.Program.Main()',
    ],
    'of Ruby': ["a.rb:1:in 'f': x (RuntimeError)", ">\tfrom a.rb:2:in 'g'", ">\tfrom a.rb:3:in '<main>'"],
    'of PHP': ['PHP Fatal error: x', 'Stack trace:', '>#0 /srv/a.php(3): f()', '>#1 {main}'],
    'of Rust': ['thread panicked', '>   0: std::panicking::begin', '>             at /rustc/abc/lib.rs:5'],
  };

  it.each(Object.entries(FRAMES))('%s has frames, and lines that say what happened', (_name, lines) => {
    const text = lines.map((line) => line.replace(/^>/, '')).join('\n');
    expect(stackLines(text)?.map(({ text: line, isFrame }) => `${isFrame ? '>' : ''}${line}`)).toEqual(lines);
  });

  it('is no text of several lines', () => {
    expect(stackLines('one line at home (a.js:1:2)')).toBeUndefined();
    expect(stackLines('a list:\n  at one\n  two')).toBeUndefined();
    expect(stackLines('#1 first\n#2 second')).toBeUndefined();
  });
});

describe('sizes', () => {
  it('are said as a person says them', () => {
    expect([0, 999, 1_000, 15_400, 999_499, 999_500, 1_400_000].map(sizeText)).toEqual([
      ...['0 B', '999 B', '1.0 KB', '15 KB', '999 KB', '1.0 MB', '1.4 MB'],
    ]);
  });

  it('are cut between characters, and at the ends of lines', () => {
    expect(beginningOf('a😀', 2)).toBe('a');
    expect(chunksOf('ab\ncdefgh\n😀😀', 5)).toEqual(['ab\n', 'cdefg', 'h\n', '😀😀']);
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '😀') });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 9 }), (whole, length) => {
        const chunks = chunksOf(whole, length);
        expect(chunks.join('')).toBe(whole);
        expect(chunks.every((chunk) => chunk.length <= length && chunk !== '' && chunk.isWellFormed())).toBe(
          true,
        );
      }),
    );
  });
});
