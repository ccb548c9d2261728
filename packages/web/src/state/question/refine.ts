import { SEVERITIES } from '../../../../../src/logs/severity.ts';
import { keyOf } from '../../../../../src/query/fields.ts';
import { anyOf, type Filter } from '../../../../../src/query/filter.ts';
import { writtenField } from '../../../../../src/query/names.ts';
import { printFilter } from '../../../../../src/query/print.ts';
import { isReadable, keyOfName, type Part, partsOf } from './expression-parts.ts';

/** A value of a field, and what is wanted of it. */
export interface Refinement {
  /** `service`, `severity`, another column, or a tag; `tags.` before the name of one that a column has, too. */
  readonly field: string;
  readonly value: string;
  /**
   * `for`: those with it, of what there is. `out`: those without it. `only`: it alone, whatever was asked of
   * the field before. `add`: those with it as well, where other values of the field are asked for.
   */
  readonly how: 'for' | 'out' | 'only' | 'add';
}

/** An expression that asks for a value, too, or for all but it. What it asked before goes on to count. */
export function refine(q: string, { field, value, how }: Refinement): string {
  const one = conditionText(field, [value], how === 'out');
  if (how === 'only') return withPart(withoutField(q, field), one);
  const known = conditionsOn(q, field).filter(({ values }) => values.includes(value));
  if (how === 'for') {
    if (known.some(({ values, isNegated }) => values.length === 1 && !isNegated)) return q;
    // What allows it and others says nothing more.
    return withPart(
      changed(q, field, (part) => (has(part, value) ? rest(part, value, part.isNegated) : part.values)),
      one,
    );
  }
  if (known.some(({ isNegated }) => isNegated === (how === 'out'))) return q;
  // Asked for the opposite at once, nothing would be found.
  const before = without(q, field, value);
  const named = conditionsOn(before, field).find(({ isNegated }) => !isNegated);
  if (named !== undefined && how === 'add')
    return changed(before, field, (part) =>
      part.text === named.text ? [...part.values, value] : part.values,
    );
  // A field of one value that has to be another one does not have this one.
  const isSaid = named !== undefined && known.length > 0 && !keyOfName(field).startsWith('tags.');
  return isSaid ? before : withPart(before, one);
}

/** An expression that does not name a value of a field any more. */
export function without(q: string, field: string, value: string): string {
  return changed(q, field, (part) => rest(part, value, true));
}

/** An expression that asks nothing of a field any more: what the values of the field are counted with. */
export function withoutField(q: string, field: string): string {
  const key = keyOfName(field);
  const parts = partsOf(q);
  return parts?.some((part) => part.key === key) ? joined(parts.filter((part) => part.key !== key)) : q;
}

/** The fields of which an expression asks something on its own. */
export function askedFields(q: string): readonly string[] {
  return (partsOf(q) ?? []).flatMap(({ key }) => key ?? []);
}

/** A condition that names whole values of a field. */
export type ValuesPart = Part & { readonly values: readonly string[] };

/** What an expression asks of a field, as far as it is by whole values. */
export function conditionsOn(q: string, field: string): readonly ValuesPart[] {
  const key = keyOfName(field);
  return (
    partsOf(q)?.filter((part): part is ValuesPart => part.key === key && part.values !== undefined) ?? []
  );
}

function has({ values }: ValuesPart, value: string): boolean {
  return values.includes(value);
}

function rest({ values }: ValuesPart, value: string, keepsOthers: boolean): readonly string[] {
  return keepsOthers ? values.filter((each) => each !== value) : [];
}

/** An expression with other values in its conditions on a field; without those that have none left. */
function changed(q: string, field: string, valuesOf: (part: ValuesPart) => readonly string[]): string {
  const named = new Map(conditionsOn(q, field).map((part) => [part.text, part]));
  const before: readonly Pick<Part, 'text' | 'key' | 'isNegated'>[] = partsOf(q) ?? [];
  const parts = before.flatMap((part) => {
    const own = named.get(part.text);
    if (own === undefined) return [part];
    const values = valuesOf(own);
    if (values.length === own.values.length) return [part];
    // All there are: nothing is asked any more.
    const isAll = part.key === 'severity' && values.length === SEVERITIES.length;
    return values.length === 0 || isAll
      ? []
      : [{ ...part, text: conditionText(field, values, part.isNegated) }];
  });
  const isSame = parts.length === before.length && parts.every((part, index) => part === before[index]);
  return isSame ? q : joined(parts);
}

function joined(parts: readonly Pick<Part, 'text'>[]): string {
  const [first, ...others] = parts;
  const inner = first !== undefined && others.length === 0 ? /^\((.*)\)$/s.exec(first.text)?.[1] : undefined;
  // Parentheses around all of it are those that a condition beside an OR had needed.
  if (inner !== undefined && isReadable(inner)) return inner.trim();
  return parts.map(({ text }) => text).join(' ');
}

function withPart(q: string, condition: string): string {
  const asked = q.trim();
  if (asked === '' || asked === '*') return condition;
  if (partsOf(asked) !== undefined) return `${asked} ${condition}`;
  // With a space: a word may end with a parenthesis of its own that is open.
  if (isReadable(asked)) return `(${asked}${asked.includes('(') ? ' ' : ''}) ${condition}`;
  // Before what cannot be read, which then is as wrong as it was, and where it was.
  return `${condition} ${asked}`;
}

function conditionText(field: string, values: readonly string[], isNegated: boolean): string {
  const condition = conditionOf(field, values);
  return typeof condition === 'string'
    ? `${isNegated ? '-' : ''}${condition}`
    : printFilter(isNegated ? { kind: 'not', of: condition } : condition);
}

function conditionOf(name: string, values: readonly string[]): Filter | string {
  const field = writtenField(name);
  const [first = '', ...others] = values;
  if (field.kind === 'time') return timeText(values);
  if (field.kind === 'severity') {
    const severities = SEVERITIES.filter((severity) => values.includes(severity));
    // Of a name that is none the parser says so.
    return severities.length > 0
      ? { kind: 'severity', severities }
      : `${keyOf(field)}:${JSON.stringify(first)}`;
  }
  const equals = (text: string): Filter => ({ ...field, test: { kind: 'equals', text } });
  return anyOf([equals(first), ...others.map(equals)]);
}

/** A time stands without quotes and spaces. */
function timeText(values: readonly string[]): string {
  const texts = values.map((value) => value.replace(' ', 'T'));
  return texts.length === 1 ? `time:${texts.join('')}` : `time:(${texts.join(' OR ')})`;
}
