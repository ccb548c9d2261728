import { jsonOf } from '../../../export/json-text.ts';
import { isJsonObject } from '../../../logs/json.ts';
import { printFilter } from '../../../query/print.ts';
import { parseTags, textOf } from '../../../query/tags.ts';
import { visible } from '../../../text/visible.ts';

/** Objects in objects are walked into so far; what lies deeper is shown as JSON. */
const MAX_DEPTH = 4;

/**
 * The tags of an entry as conditions that find it: `code:500`, `httpRequest.method:GET`. Lists are shown as
 * JSON. None if there are none.
 */
export function tagConditions(tags: string | null): string[] {
  return tags === null ? [] : [...conditions('', parseTags(tags), MAX_DEPTH)].map(visible);
}

function* conditions(
  prefix: string,
  object: Readonly<Record<string, unknown>>,
  depth: number,
): Generator<string> {
  for (const [key, value] of Object.entries(object)) {
    const name = prefix + key;
    const text = textOf(value);
    if (text !== undefined) yield printFilter({ kind: 'tag', name, test: { kind: 'equals', text } });
    else if (isJsonObject(value) && depth > 0 && Object.keys(value).length > 0)
      yield* conditions(`${name}.`, value, depth - 1);
    else yield `${printFilter({ kind: 'tag', name, test: { kind: 'exists' } }).slice(0, -1)}${jsonOf(value)}`;
  }
}
