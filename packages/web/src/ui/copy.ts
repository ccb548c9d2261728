import { text } from '../text.ts';
import { say } from './say.ts';

/** Puts a text where paste finds it, and says so. */
export async function copy(what: string): Promise<void> {
  say((await written(what)) ? text.entry.copied : text.entry.notCopied);
}

async function written(what: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(what);
    return true;
  } catch {
    // Only pages of https and of this machine have a clipboard; the others can copy what is selected.
    return copySelected(what);
  }
}

/** Deprecated, and the only way where there is no clipboard. */
interface CopyingDocument {
  execCommand(command: 'copy'): boolean;
}

function copySelected(what: string): boolean {
  const page: CopyingDocument = document;
  const field = document.createElement('textarea');
  field.value = what;
  field.readOnly = true;
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  const isCopied = page.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return isCopied;
}
