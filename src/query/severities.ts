import { levelOfName } from '../logs/levels.ts';
import type { Severity } from '../logs/severity.ts';
import { SEVERITIES } from '../logs/severity.ts';
import type { ComparisonOperator } from './filter.ts';
import type { Mistake } from './mistake.ts';
import { mistake } from './mistake.ts';
import { matchesPieces } from './texts.ts';
import type { WrittenValue } from './values.ts';

/** The severities that a value means, lowest first: one by any of its names, or all that a `*` fits. */
export function severitiesOf(
  op: ComparisonOperator | 'is',
  value: WrittenValue,
): readonly Severity[] | Mistake {
  const [name = ''] = value.pieces;
  if (value.pieces.length > 1) return op === 'is' ? severitiesLike(value) : unknownSeverity(value);
  const severity = levelOfName(name)?.severity;
  if (severity === undefined) return unknownSeverity(value);
  const rank = SEVERITIES.indexOf(severity);
  return SEVERITIES.filter((_severity, other) => {
    if (op === '>=') return other >= rank;
    if (op === '>') return other > rank;
    if (op === '<=') return other <= rank;
    return op === '<' ? other < rank : other === rank;
  });
}

function severitiesLike(value: WrittenValue): readonly Severity[] | Mistake {
  const pieces = value.pieces.map((piece) => piece.toLowerCase());
  const found = SEVERITIES.filter((severity) => matchesPieces(severity, pieces));
  return found.length > 0 ? found : unknownSeverity(value);
}

function unknownSeverity(value: WrittenValue): Mistake {
  return mistake('There is no such severity.', value.at, value.length, `one of ${SEVERITIES.join(', ')}`);
}
