import {
  type JsonBranch,
  type JsonMember,
  type JsonNode,
  jsonPath,
  type JsonTree,
  sourceOf,
} from './json-tree.ts';

/** A row of a tree as it is shown. */
export type JsonRow = JsonValueRow | JsonMoreRow;

export interface JsonValueRow {
  readonly kind: 'value';
  /** Where it stands, as jq has it. */
  readonly path: string;
  /** The row that it is below; undefined of the first. */
  readonly parent: string | undefined;
  readonly level: number;
  /** The name or the place of the value; undefined of the first. */
  readonly name: string | number | undefined;
  readonly node: JsonNode;
  /** Undefined: there is nothing to open. */
  readonly isOpen: boolean | undefined;
}

/** Instead of members that are too many. */
export interface JsonMoreRow {
  readonly kind: 'more';
  readonly path: string;
  readonly parent: string;
  readonly level: number;
  readonly hidden: number;
}

/** What a reader has changed: what is open or closed by hand, and of which branches more members are shown. */
export interface JsonView {
  readonly opened: ReadonlyMap<string, boolean>;
  readonly shown: ReadonlyMap<string, number>;
}

export const FIRST_VIEW: JsonView = { opened: new Map(), shown: new Map() };

/** So many members of a branch are shown at once. */
const MEMBERS_SHOWN = 100;
/** A tree of more values than this is folded but for its first level. */
const MAX_UNFOLDED = 60;
/** A longer string is shown up to here until it is opened. */
export const STRING_SHOWN = 240;

/** The rows of a tree. */
export function jsonRows(tree: JsonTree, view: JsonView): readonly JsonRow[] {
  const isSmall = countUpTo(tree.root, MAX_UNFOLDED) < MAX_UNFOLDED;
  const rows: JsonRow[] = [];
  const used = new Set<string>();
  const add = (node: JsonNode, names: readonly (string | number)[], parent: string | undefined) => {
    const path = uniquePath(names, used);
    const level = names.length + 1;
    const canOpen = isBranch(node) ? node.members.length > 0 : isLong(tree, node);
    const usual = isBranch(node) && (level === 1 || isSmall);
    const isOpen = canOpen ? (view.opened.get(path) ?? usual) : undefined;
    rows.push({ kind: 'value', path, parent, level, name: names.at(-1), node, isOpen });
    if (isOpen !== true || !isBranch(node)) return;
    const shown = view.shown.get(path) ?? MEMBERS_SHOWN;
    node.members.slice(0, shown).forEach(({ name, node: inner }: JsonMember, place) => {
      add(inner, [...names, name ?? place], path);
    });
    const hidden = node.members.length - shown;
    if (hidden > 0) rows.push({ kind: 'more', path: `${path} …`, parent: path, level: level + 1, hidden });
  };
  add(tree.root, [], undefined);
  return rows;
}

/** The same with a row opened or closed. */
export function withOpened(view: JsonView, path: string, isOpen: boolean): JsonView {
  return { ...view, opened: new Map(view.opened).set(path, isOpen) };
}

/** The same with more members of a branch. */
export function withMore(view: JsonView, path: string): JsonView {
  const shown = (view.shown.get(path) ?? MEMBERS_SHOWN) + 10 * MEMBERS_SHOWN;
  return { ...view, shown: new Map(view.shown).set(path, shown) };
}

export function isBranch(node: JsonNode): node is JsonBranch {
  return node.kind === 'object' || node.kind === 'list';
}

/** Whether a string has lines of its own, or is too long for a row. */
function isLong(tree: JsonTree, node: JsonNode): boolean {
  if (node.kind !== 'string') return false;
  return node.end - node.start > STRING_SHOWN || sourceOf(tree, node).includes(String.raw`\n`);
}

function countUpTo(node: JsonNode, most: number): number {
  if (!isBranch(node)) return 1;
  let count = 1;
  for (const member of node.members) {
    if (count >= most) return count;
    count += countUpTo(member.node, most - count);
  }
  return count;
}

/** An object may have two members of one name: the second is another row. */
function uniquePath(names: readonly (string | number)[], used: Set<string>): string {
  let path = jsonPath(names);
  while (used.has(path)) path += '′';
  used.add(path);
  return path;
}
