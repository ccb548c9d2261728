import type { ComparisonOperator, ValueTest } from './filter.ts';
import type { Mistake } from './mistake.ts';
import { isMistake, mistake } from './mistake.ts';
import type { Scanner } from './scanner.ts';

/** A value as it stands in an expression. */
export interface WrittenValue {
  /** The texts between the `*` that stand for any text: one if there are none. */
  readonly pieces: readonly string[];
  readonly at: number;
  readonly length: number;
}

const COMPARISON = /[<>]=?/y;
const STARS = /\*+/y;

/**
 * Reads a value: texts, in quotes or not, with `*` between them. Inside quotes a `*` is itself, and inside a
 * text without quotes a quotation mark is.
 */
export function readValue(scanner: Scanner, after: string): WrittenValue | Mistake {
  const at = scanner.at;
  if (scanner.isAtEndOfWord()) {
    return mistake(
      `A value is missing after \`${after}\`.`,
      at,
      0,
      'a value right after it, without a space, or quotation marks around text',
    );
  }
  const pieces: string[] = [];
  for (let open = 0; ;) {
    const start = scanner.at;
    if (scanner.isAtQuote()) {
      const quoted = scanner.readQuoted();
      if (isMistake(quoted)) return quoted;
      pieces.push(quoted);
      if (scanner.peek() !== '*' && !scanner.isAtEndOfWord()) return spaceMissing(scanner);
    } else {
      open = scanner.readBare(true, open);
      pieces.push(scanner.text.slice(start, scanner.at));
    }
    if (scanner.take(STARS) === null) return { pieces, at, length: scanner.at - at };
    if (scanner.isAtEndOfWord() && open === 0)
      return { pieces: [...pieces, ''], at, length: scanner.at - at };
  }
}

/** The comparison that stands before a value in parentheses. */
export function takeComparison(scanner: Scanner): ComparisonOperator | undefined {
  const found = scanner.take(COMPARISON)?.[0];
  return found === '>=' || found === '>' || found === '<=' || found === '<' ? found : undefined;
}

/** After a text in quotes that goes on without a space. */
export function spaceMissing(scanner: Scanner): Mistake {
  return mistake(
    'A text in quotes ends before this.',
    scanner.at,
    1,
    'a space (or `\\"` for a quotation mark that is part of the text)',
  );
}

/** The test that a written value is without a comparison. */
export function patternTest({ pieces }: WrittenValue): ValueTest {
  const [text = ''] = pieces;
  if (pieces.length === 1) return { kind: 'equals', text };
  return pieces.every((piece) => piece === '') ? { kind: 'exists' } : { kind: 'matches', pieces };
}

/** The test that a written value is with a comparison. */
export function comparisonTest(op: ComparisonOperator, value: WrittenValue): ValueTest | Mistake {
  const [text = ''] = value.pieces;
  if (value.pieces.length === 1) return { kind: 'compare', op, text };
  return mistake(
    `After \`${op}\` a \`*\` means nothing.`,
    value.at,
    value.length,
    'a number or a text, in quotes if it has a `*`',
  );
}
