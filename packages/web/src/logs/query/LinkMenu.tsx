import { absoluteLink, relativeLink } from '../../state/question/links.ts';
import { text } from '../../text.ts';
import { copy } from '../../ui/copy.ts';
import { Menu, type MenuItem } from '../../ui/Menu.tsx';

/** Links to what is asked, for others. */
export function LinkMenu() {
  return (
    <Menu label={text.link.open} items={linkItems}>
      {text.link.open} ▾
    </Menu>
  );
}

function linkItems(): readonly MenuItem[] {
  const exact = absoluteLink();
  return [
    { text: text.link.relative, run: () => copy(relativeLink()) },
    ...(exact === undefined ? [] : [{ text: text.link.absolute, run: () => copy(exact) }]),
  ];
}
