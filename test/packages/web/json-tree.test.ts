import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FIRST_VIEW,
  jsonRows,
  withMore,
  withOpened,
} from '../../../packages/web/src/logs/entry/json-rows.ts';
import {
  jsonInPayload,
  type JsonNode,
  jsonPath,
  type JsonTree,
  parseJsonTree,
  sourceOf,
  textOf,
} from '../../../packages/web/src/logs/entry/json-tree.ts';
import { afterKey } from '../../../packages/web/src/logs/entry/tree-keys.ts';

function valueOf(tree: JsonTree, node: JsonNode): unknown {
  if (node.kind === 'list') return node.members.map((member) => valueOf(tree, member.node));
  if (node.kind !== 'object') return JSON.parse(sourceOf(tree, node));
  return Object.fromEntries(node.members.map(({ name, node: inner }) => [name, valueOf(tree, inner)]));
}

function treeOf(source: string): JsonTree {
  return parseJsonTree(source)!;
}

function rowsOf(source: string, view = FIRST_VIEW) {
  return jsonRows(treeOf(source), view);
}

describe('a tree of JSON', () => {
  it('has what JSON.parse reads, however it is spaced', () => {
    const branch = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(branch, fc.constantFrom(undefined, 2, '\t'), (value, space) => {
        const source = JSON.stringify(value, null, space);
        const tree = treeOf(source);
        expect(valueOf(tree, tree.root)).toEqual(JSON.parse(source));
      }),
    );
  });

  it('keeps every digit as it was written, and both of two members of one name', () => {
    const source = '{"id": 12345678901234567890, "a": 1.50e+400, "a": -0.0, "s": "\\u0041\\n"}';
    const tree = treeOf(source);
    expect(tree.root.members.map(({ node }) => textOf(tree, node))).toEqual([
      ...['12345678901234567890', '1.50e+400', '-0.0', 'A\n'],
    ]);
    const paths = rowsOf(source).map(({ path }) => path);
    expect(new Set(paths).size).toBe(5);
  });

  it('is none of what is no object and no list, is no JSON, or is too deep for any reader', () => {
    for (const text of ['1', '"a"', '{a:1}', '[1,]', '']) expect(parseJsonTree(text)).toBeUndefined();
    expect(parseJsonTree('['.repeat(200) + ']'.repeat(200))).toBeDefined();
    expect(parseJsonTree('['.repeat(100_000) + ']'.repeat(100_000))).toBeUndefined();
  });

  it('is found after other text, where that is not all there is', () => {
    expect(jsonInPayload('[INFO] done {"a":[1]} \n')?.prefix).toBe('[INFO] done ');
    expect(jsonInPayload('{"a":1}')?.prefix).toBe('');
    expect(jsonInPayload('rows: [{"a":1}]')?.prefix).toBe('rows: ');
    expect(jsonInPayload('worker [7]')).toBeUndefined();
    expect(jsonInPayload('{"a":1} and more')).toBeUndefined();
  });

  it('names places as jq does', () => {
    expect(jsonPath([])).toBe('.');
    expect(jsonPath(['a', 'b c', 0, 'd'])).toBe('.a["b c"][0].d');
    expect(jsonPath(['b c'])).toBe('.["b c"]');
    expect(jsonPath([0, 'a'])).toBe('.[0].a');
  });
});

describe('rows of a tree', () => {
  it('are all there in a small one; a big one is folded below its first level', () => {
    expect(rowsOf('{"a":{"b":{"c":1}}}').map(({ level }) => level)).toEqual([1, 2, 3, 4]);
    const big = JSON.stringify({ list: Array.from({ length: 250 }, (_none, n) => n), a: { b: 1 } });
    expect(rowsOf(big).map(({ path }) => path)).toEqual(['.', '.list', '.a']);
  });

  it('of long branches come a hundred first, and more when they are asked for', () => {
    const big = JSON.stringify({ list: Array.from({ length: 1_250 }, (_none, n) => n) });
    const opened = withOpened(FIRST_VIEW, '.list', true);
    const rows = rowsOf(big, opened);
    expect(rows).toHaveLength(103);
    expect(rows.at(-1)).toMatchObject({ kind: 'more', parent: '.list', hidden: 1_150 });
    expect(rowsOf(big, withMore(opened, '.list')).at(-1)).toMatchObject({ kind: 'more', hidden: 150 });
  });

  it('of texts with lines of their own can be opened, too', () => {
    const [, stack, short] = rowsOf('{"stack":"Error: x\\n    at a","short":"a"}');
    expect(stack).toMatchObject({ isOpen: false });
    expect(short).toMatchObject({ isOpen: undefined });
  });
});

describe('keys in a tree', () => {
  const rows = rowsOf('{"a":{"b":1},"c":2}');
  const after = (key: string, path: string) =>
    afterKey(
      key,
      rows,
      rows.find((row) => row.path === path),
    );

  it('go through the rows, and stay at the ends', () => {
    expect(after('ArrowDown', '.')).toEqual({ path: '.a' });
    expect(after('ArrowDown', '.c')).toEqual({ path: '.c' });
    expect(after('ArrowUp', '.')).toEqual({ path: '.' });
    expect(after('End', '.')).toEqual({ path: '.c' });
    expect(after('Home', '.c')).toEqual({ path: '.' });
  });

  it('open and close, go down and up', () => {
    expect(after('ArrowLeft', '.a')).toEqual({ path: '.a', opens: false });
    expect(after('ArrowRight', '.a')).toEqual({ path: '.a.b' });
    expect(after('ArrowLeft', '.a.b')).toEqual({ path: '.a' });
    expect(after('ArrowRight', '.c')).toEqual({ path: '.c' });
    expect(after('Enter', '.a')).toEqual({ path: '.a', opens: false });
    expect(after('Enter', '.c')).toBeUndefined();
    expect(after('j', '.')).toBeUndefined();
  });

  it('show more where there is more, and stay before what comes', () => {
    const list = JSON.stringify(Array.from({ length: 101 }, (_none, n) => n));
    const long = rowsOf(list, withOpened(FIRST_VIEW, '.', true));
    expect(afterKey('Enter', long, long.at(-1))).toEqual({ path: '.[99]', more: '.' });
  });
});
