import { active, closeOptions, isOpen, moveActive, offer, options } from '../../state/question/completing.ts';
import type { Option } from '../../state/question/completion.ts';
import { ask } from '../../state/question/expression.ts';

/** What a key does in the box of the expression, if it is none that writes. */
export function pressInBox(
  event: KeyboardEvent & { readonly currentTarget: HTMLInputElement },
  take: (option: Option) => void,
): void {
  // Enter and arrows of whoever writes with an input method are its own.
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (press(event, take)) event.preventDefault();
}

function press(
  { key, shiftKey, currentTarget: box }: KeyboardEvent & { readonly currentTarget: HTMLInputElement },
  take: (option: Option) => void,
): boolean {
  const isShown = isOpen.peek() && options.peek().length > 0;
  const option = options.peek()[active.peek()];
  switch (key) {
    case 'ArrowDown':
    case 'ArrowUp':
      if (isShown) moveActive(key === 'ArrowDown' ? 1 : -1);
      else offer(box.value, box.selectionStart ?? box.value.length);
      return true;
    case 'Enter':
      if (isShown && option !== undefined) {
        take(option);
        return true;
      }
      closeOptions();
      void ask(box.value);
      return true;
    case 'Tab':
      return !shiftKey && isShown && takeByTab(option, take);
    case 'Escape':
      if (isShown) closeOptions();
      else box.blur();
      return true;
    default:
      return false;
  }
}

/** Tab leads on where no option was looked for. */
function takeByTab(option: Option | undefined, take: (option: Option) => void): boolean {
  const [first] = options.peek();
  const taken = option ?? (first !== undefined && isBegun(first) ? first : undefined);
  if (taken === undefined) return false;
  take(taken);
  return true;
}

/** Whether some of it is written already. */
function isBegun({ kind, label, text, cursor }: Option): boolean {
  return kind !== 'recent' && text.slice(0, cursor).trim() !== '' && label !== '';
}
