import { isColumnName, NAME, TAG_PREFIX } from './fields.ts';

const WHOLE_NAME = new RegExp(`^${NAME.source}$`, 'u');

/** Texts that need no quotes as a value, wherever it stands: in a list of rules, too, which `;` separates. */
const PLAIN =
  /^(?!\/\/|(?:AND|OR|NOT)$)[\p{L}\p{N}_@$./%+~^,|-][\p{L}\p{M}\p{N}_@$./%+~^,|:&#?![\]{}=<>'`-]*$/u;
/** What could not be told apart on a screen, or changes what stands around it there. */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gv;
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
]);

/** A value as an expression has it, without quotes if it can do without. */
export function valueFor(text: string): string {
  return PLAIN.test(text) && text.search(UNSEEN) === -1 ? text : quoted(text);
}

/** A text in quotes, on one line, with what cannot be seen as escapes. */
export function quoted(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, '\\$&')
    .replace(
      UNSEEN,
      (found) => SHORT_ESCAPES.get(found) ?? `\\u{${found.codePointAt(0)?.toString(16) ?? ''}}`,
    );
  return `"${escaped}"`;
}

/** The name of a tag as an expression has it, without quotes if it can do without. */
export function tagNameFor(name: string): string {
  const full = isColumnName(name) || name.startsWith(TAG_PREFIX) ? TAG_PREFIX + name : name;
  return WHOLE_NAME.test(full) ? full : quoted(full);
}
