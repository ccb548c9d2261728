import { define } from '../../logs/members.ts';

/** The structured data of a message in RFC 5424. */
export interface StructuredData {
  /** By their names, what is in each: text by its name, a list if there is several of one name. */
  readonly elements: Readonly<Record<string, unknown>>;
}

const NAME = /[^\s=\]"]{1,255}/y;
const PARAMETER = / +([^\s=\]"]{1,255})="((?:[^"\\\]]|\\[\s\S])*)"/y;
const MAX_PARAMETERS = 1_000;

/** Reads `[id name="value" …][…]`, or `-` for none, from `start` on. Undefined if it is neither. */
export function structuredData(line: string, start: number): StructuredData | undefined {
  const elements: Record<string, unknown> = {};
  if (line[start] === '-') return isEnd(line, start + 1) ? { elements } : undefined;
  let at = start;
  let left = MAX_PARAMETERS;
  while (line[at] === '[') {
    NAME.lastIndex = at + 1;
    const name = NAME.exec(line)?.[0];
    if (name === undefined) return undefined;
    const element: Record<string, unknown> = {};
    PARAMETER.lastIndex = at + 1 + name.length;
    let end = PARAMETER.lastIndex;
    for (let match = PARAMETER.exec(line); match !== null; match = PARAMETER.exec(line)) {
      const [, parameter = '', value = ''] = match;
      add(element, parameter, value.replace(/\\(["\\\]])/g, '$1'));
      end = PARAMETER.lastIndex;
      left -= 1;
      if (left < 0) return undefined;
    }
    if (line[end] !== ']') return undefined;
    define(elements, name, element);
    at = end + 1;
  }
  return at > start && isEnd(line, at) ? { elements } : undefined;
}

function isEnd(line: string, at: number): boolean {
  return at === line.length || line[at] === ' ';
}

function add(element: Record<string, unknown>, name: string, value: string): void {
  const before = Object.hasOwn(element, name) ? element[name] : undefined;
  if (before === undefined) define(element, name, value);
  else define(element, name, Array.isArray(before) ? [...(before as unknown[]), value] : [before, value]);
}
