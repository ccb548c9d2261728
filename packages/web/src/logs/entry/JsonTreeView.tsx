import { type Signal, useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { text } from '../../text.ts';
import { jsonRows, type JsonView, withMore, withOpened } from './json-rows.ts';
import type { JsonTree } from './json-tree.ts';
import { JsonRowView } from './JsonRowView.tsx';
import styles from './JsonTreeView.module.css';
import { afterKey } from './tree-keys.ts';

/** JSON as a tree: arrows go through it, and open and close what is below. */
export function JsonTreeView({ tree, view }: { readonly tree: JsonTree; readonly view: Signal<JsonView> }) {
  const rows = useMemo(() => jsonRows(tree, view.value), [tree, view.value]);
  const current = useSignal('');
  const place = useRef<HTMLDivElement>(null);
  const active = rows.find(({ path }) => path === current.value) ?? rows[0];
  const toggle = (path: string, isOpen: boolean) => {
    current.value = path;
    view.value = withOpened(view.peek(), path, isOpen);
  };
  const more = (path: string) => (view.value = withMore(view.peek(), path));
  const onKeyDown = (event: KeyboardEvent) => {
    const isOnButton = event.target instanceof HTMLButtonElement && ['Enter', ' '].includes(event.key);
    const after = isOnButton ? undefined : afterKey(event.key, rows, active);
    if (after === undefined) return;
    event.preventDefault();
    if (after.opens !== undefined) toggle(after.path, after.opens);
    if (after.more !== undefined) more(after.more);
    const row = place.current?.children[rows.findIndex(({ path }) => path === after.path)];
    if (row instanceof HTMLElement) row.focus();
  };
  return (
    <div ref={place} class={styles.tree} role="tree" aria-label={text.entry.jsonTree} onKeyDown={onKeyDown}>
      {rows.map((row) => (
        <JsonRowView
          key={row.path}
          row={row}
          tree={tree}
          isActive={row === active}
          activate={() => (current.value = row.path)}
          toggle={toggle}
          more={more}
        />
      ))}
    </div>
  );
}
