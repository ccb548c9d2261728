import { signal } from '@preact/signals';
import { loadPart } from '../../api/parts.ts';
import { text } from '../../text.ts';
import { Menu, type MenuItem } from '../../ui/Menu.tsx';

const made = signal<(() => readonly MenuItem[]) | undefined>(undefined);

/** What is shown, as a file or as a command. */
export function ExportMenu() {
  return (
    <span onPointerEnter={prepare} onFocusIn={prepare}>
      <Menu label={text.export.open} items={() => made.value?.() ?? []}>
        {text.export.open} ▾
      </Menu>
    </span>
  );
}

/** Loads what the menu is made of when somebody comes near it. */
function prepare(): void {
  void loadPart(() => import('./export-items.ts')).then(({ exportItems }) => {
    made.value = exportItems;
  });
}
