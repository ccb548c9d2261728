import { signal } from '@preact/signals';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import { lazily } from '../../ui/lazily.tsx';

const isOpen = signal(false);
const SavedDialog = lazily(async () => (await import('./SavedDialog.tsx')).SavedDialog);

/** Searches that were saved, and how to save this one: in a dialog that is loaded when it is opened. */
export function SavedSearches() {
  return (
    <>
      <Button onClick={() => (isOpen.value = true)}>{text.saved.open}</Button>
      {isOpen.value && <SavedDialog close={() => (isOpen.value = false)} />}
    </>
  );
}
