import { parseDecimal } from '../query/decimals.ts';
import { allOf, anyOf, type ColumnTest, EVERYTHING, type Filter, type ValueTest } from '../query/filter.ts';
import type { Grant } from './grant.ts';

/** The entries that the bearer of a grant may see, by the names that they are stored under. */
export function visibleFilter({ services, prefix, hidden }: Grant): Filter {
  const foreign = hidden.filter((other) => !prefix.startsWith(other));
  const named =
    services === undefined
      ? [prefixed(prefix, ['', ''])]
      : services.map((each) => prefixed(prefix, each.split('*')));
  const [first = NOTHING, ...others] = named;
  return allOf([
    ...(services === undefined && prefix === '' ? [] : [anyOf([first, ...others])]),
    ...foreign.map((other): Filter => ({
      kind: 'not',
      of: serviceTest({ kind: 'matches', pieces: [other, ''] }),
    })),
  ]);
}

/**
 * A filter that asks for services by the names that the bearer knows, made to ask for those that are stored.
 * Of what he may see it matches all that the filter does, and more where names are compared as numbers.
 */
export function storedFilter(filter: Filter, prefix: string): Filter {
  return prefix === '' ? filter : translated(filter, prefix, true);
}

const NOTHING: Filter = { kind: 'not', of: EVERYTHING };

/** `isWide`: what cannot be translated matches everything; under a negation, nothing. */
function translated(filter: Filter, prefix: string, isWide: boolean): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, of: filter.of.map((part) => translated(part, prefix, isWide)) };
    case 'not':
      return { kind: 'not', of: translated(filter.of, prefix, !isWide) };
    case 'column':
      if (filter.column !== 'service') return filter;
      return storedTest(filter, prefix) ?? (isWide ? EVERYTHING : NOTHING);
    case 'everything':
    case 'severity':
    case 'time':
    case 'term':
    case 'substring':
    case 'tag':
      return filter;
  }
}

/** Undefined: the name is compared as a number, which a name with something before it is not. */
function storedTest({ test }: ColumnTest, prefix: string): Filter | undefined {
  switch (test.kind) {
    case 'equals':
      return prefixed(prefix, [test.text]);
    case 'matches':
      return prefixed(prefix, test.pieces);
    case 'exists':
      return serviceTest(test);
    case 'compare': {
      const text = prefix + test.text;
      const isNumber = parseDecimal(test.text) !== undefined || parseDecimal(text) !== undefined;
      return isNumber ? undefined : serviceTest({ ...test, text });
    }
  }
}

/** A name that begins with the prefix, and then is what the pieces say, with any text between them. */
function prefixed(prefix: string, [first = '', ...others]: readonly string[]): Filter {
  const pieces = [prefix + first, ...others];
  const [text = ''] = pieces;
  if (pieces.length === 1) return serviceTest({ kind: 'equals', text });
  return serviceTest(
    pieces.every((piece) => piece === '') ? { kind: 'exists' } : { kind: 'matches', pieces },
  );
}

function serviceTest(test: ValueTest): Filter {
  return { kind: 'column', column: 'service', test };
}
