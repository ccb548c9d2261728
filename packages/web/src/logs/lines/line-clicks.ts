import { focusLine, toggleLine } from '../../state/lines/focus.ts';
import { follow } from '../../state/lines/lines.ts';

/** Opens or closes the line that was clicked. */
export function onClick({ target, detail }: MouseEvent): void {
  const id = lineOf(target);
  // Whoever selects text, or a word by two clicks, does not want to open anything.
  if (id === undefined || detail > 1 || getSelection()?.isCollapsed === false) return;
  follow(false);
  toggleLine(id);
}

/** Keys move on from the line that has the focus. */
export function onFocus({ target }: FocusEvent): void {
  const id = lineOf(target);
  if (id !== undefined) focusLine(id);
}

function lineOf(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element)) return undefined;
  if (target.closest('a, button, input') !== null) return undefined;
  return target.closest<HTMLElement>('[data-line]')?.dataset.line;
}
