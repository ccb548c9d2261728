import { isColumnName } from '../../../../../src/query/fields.ts';
import type { TailEntry } from '../../../../client/src/types.ts';
import { isBranch } from './json-rows.ts';
import { type JsonNode, parseJsonTree, textOf } from './json-tree.ts';

/** A value of an entry, by the name that expressions have for it. */
export interface EntryField {
  readonly name: string;
  readonly value: string;
  /** Whether an expression can ask for the value: lists in lists and empty ones have none. */
  readonly isAskable: boolean;
}

/** More are not shown one by one. */
const MAX_FIELDS = 2_000;

/** The JSON of an entry as it can be made of what was read. */
export function jsonOfEntry(entry: TailEntry): string {
  return JSON.stringify(entry);
}

/**
 * Whether a number of the tags may have lost digits when it was read: then the text of the entry has them still.
 */
export function mayLackDigits(tags: unknown): boolean {
  if (typeof tags === 'number') return !Number.isSafeInteger(tags);
  if (typeof tags !== 'object' || tags === null) return false;
  return Object.values(tags).some(mayLackDigits);
}

/** The tags of an entry, flat, from its JSON: tags within tags have dots in their names. */
export function tagFields(entryJson: string): readonly EntryField[] {
  const tree = parseJsonTree(entryJson);
  const tags = tree?.root.members.find(({ name }) => name === 'tags')?.node;
  if (tree === undefined || tags?.kind !== 'object') return [];
  const fields: EntryField[] = [];
  const add = (name: string, node: JsonNode, isAskable: boolean) => {
    if (fields.length >= MAX_FIELDS) return;
    if (node.kind === 'object' && node.members.length > 0 && isAskable) {
      for (const member of node.members) add(`${name}.${member.name ?? ''}`, member.node, true);
      return;
    }
    if (node.kind === 'list' && isAskable && node.members.length > 0) {
      // Of a list an expression asks for any element.
      for (const member of node.members) add(name, member.node, !isBranch(member.node));
      return;
    }
    fields.push({ name, value: textOf(tree, node), isAskable: isAskable && !isBranch(node) });
  };
  for (const { name = '', node } of tags.members) add(askedName(name), node, true);
  return fields;
}

/** The name by which an expression asks for a tag. */
function askedName(tag: string): string {
  // Otherwise its quotes would be those around a name.
  if (/^["“”„]/.test(tag)) return JSON.stringify(tag);
  return isColumnName(tag) || tag.startsWith('tags.') ? `tags.${tag}` : tag;
}
