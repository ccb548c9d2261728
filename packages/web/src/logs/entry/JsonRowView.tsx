import { text } from '../../text.ts';
import { copy } from '../../ui/copy.ts';
import { isBranch, type JsonRow, type JsonValueRow, STRING_SHOWN } from './json-rows.ts';
import { type JsonTree, sourceOf, textOf } from './json-tree.ts';
import styles from './JsonTreeView.module.css';
import { PayloadText } from './PayloadText.tsx';
import { Pieces } from './Pieces.tsx';
import { beginningOf } from './sizes.ts';
import { piecesOf } from './text-pieces.ts';

interface Props<Row extends JsonRow> {
  readonly row: Row;
  readonly tree: JsonTree;
  /** Whether the keyboard is here. */
  readonly isActive: boolean;
  readonly activate: () => void;
  readonly toggle: (path: string, isOpen: boolean) => void;
  readonly more: (path: string) => void;
}

/** A row of a tree of JSON. */
export function JsonRowView({ row, ...rest }: Props<JsonRow>) {
  const { isActive, activate, more, toggle } = rest;
  const shared = {
    role: 'treeitem',
    class: styles.row,
    'aria-level': row.level,
    tabIndex: isActive ? 0 : -1,
    style: { paddingInlineStart: `${row.level - 1}rem` },
    onFocus: activate,
  } as const;
  if (row.kind === 'more')
    return (
      <div {...shared} onClick={() => more(row.parent)}>
        <span class={styles.sign}>▸</span>
        <span class={styles.more}>{text.entry.more(row.hidden)}</span>
      </div>
    );
  const { isOpen, path } = row;
  return (
    <div {...shared} aria-expanded={isOpen}>
      <div class={styles.head}>
        <div
          class={styles.clicked}
          data-opens={isOpen !== undefined}
          onClick={() => {
            if (isOpen !== undefined) toggle(path, !isOpen);
          }}
        >
          <span class={styles.sign}>{isOpen === undefined ? '' : isOpen ? '▾' : '▸'}</span>
          <Name row={row} />
          <Value row={row} tree={rest.tree} />
        </div>
        <Copies row={row} {...rest} />
      </div>
      {isOpen === true && row.node.kind === 'string' && (
        <PayloadText payload={textOf(rest.tree, row.node)} isWrapped />
      )}
    </div>
  );
}

function Name({ row: { name } }: { readonly row: JsonValueRow }) {
  if (name === undefined) return null;
  return (
    <>
      <span class={styles.name}>
        <Pieces pieces={piecesOf(String(name), { isOneLine: true })} />
      </span>
      <span class={styles.colon}>: </span>
    </>
  );
}

function Value({ row: { node, isOpen }, tree }: { readonly row: JsonValueRow; readonly tree: JsonTree }) {
  if (isBranch(node)) {
    const [first, last] = node.kind === 'object' ? ['{', '}'] : ['[', ']'];
    const count = node.members.length;
    if (count === 0) return <span>{`${first}${last}`}</span>;
    return (
      <span>
        {isOpen === true ? first : `${first}…${last}`}{' '}
        <span class={styles.count}>{text.entry.members(count)}</span>
      </span>
    );
  }
  const written = sourceOf(tree, node);
  const shown = beginningOf(written, STRING_SHOWN);
  return (
    <span class={styles.value} data-kind={node.kind}>
      <Pieces pieces={piecesOf(shown, { isOneLine: true })} />
      {shown !== written && '…'}
    </span>
  );
}

/** Where the keyboard or the pointer is: each row would have two buttons to pass otherwise. */
function Copies({
  row: { path, node },
  tree,
  isActive,
}: Omit<Props<JsonValueRow>, 'toggle' | 'more' | 'activate'>) {
  const tabIndex = isActive ? 0 : -1;
  return (
    <span class={styles.copies}>
      <button type="button" tabIndex={tabIndex} onClick={() => void copy(textOf(tree, node))}>
        {text.entry.copyValue}
      </button>
      <button type="button" tabIndex={tabIndex} onClick={() => void copy(path)}>
        {text.entry.copyPath}
      </button>
    </span>
  );
}
