import type { ComponentChildren } from 'preact';
import { loadPart } from '../../api/parts.ts';
import { address, go } from '../../state/address.ts';
import { text } from '../../text.ts';
import { copy } from '../../ui/copy.ts';
import { Menu, type MenuItem } from '../../ui/Menu.tsx';
import { beginningOf } from './sizes.ts';
import { piecesOf } from './text-pieces.ts';

type How = 'for' | 'out' | 'only';

const LABEL_LENGTH = 60;

/** What can be done with a value of a field: the same wherever a value stands. */
export function ValueMenu({
  field,
  value,
  isAskable = true,
  children = '⋮',
}: {
  /** As expressions name it. */
  readonly field: string;
  readonly value: string;
  /** Whether an expression can ask for it; otherwise it can be copied alone. */
  readonly isAskable?: boolean;
  /** What the button shows. */
  readonly children?: ComponentChildren;
}) {
  const label = text.value.menu(plain(field), plain(value));
  return (
    <Menu isQuiet label={label} items={() => itemsOf(field, value, isAskable)}>
      {children}
    </Menu>
  );
}

function itemsOf(field: string, value: string, isAskable: boolean): readonly MenuItem[] {
  const copyItem = { text: text.value.copy, run: () => copy(value) };
  if (!isAskable) return [copyItem];
  return [
    { text: text.value.filterFor, run: () => refineTo(field, value, 'for') },
    { text: text.value.filterOut, run: () => refineTo(field, value, 'out') },
    { text: text.value.only, run: () => refineTo(field, value, 'only') },
    columnItem(field),
    copyItem,
  ];
}

function columnItem(field: string): MenuItem {
  const { columns } = address.peek();
  if (!columns.includes(field))
    return { text: text.value.addColumn, run: () => go({ columns: [...columns, field] }) };
  const others = columns.filter((name) => name !== field);
  return { text: text.value.removeColumn, run: () => go({ columns: others }) };
}

/** Reading an expression takes code that the first look at the page does without. */
async function refineTo(field: string, value: string, how: How): Promise<void> {
  const { refine } = await loadPart(() => import('../../state/question/refine.ts'));
  const { q, entry } = address.peek();
  // What is left out is not what the list is opened around.
  go({ q: refine(q, { field, value, how }), entry: how === 'out' ? undefined : entry });
}

/** A label is text, too: nothing in it may hide. */
function plain(written: string): string {
  const shown = beginningOf(written, LABEL_LENGTH);
  return `${piecesOf(shown, { isOneLine: true })
    .map((piece) => piece.text)
    .join('')}${shown === written ? '' : '…'}`;
}
