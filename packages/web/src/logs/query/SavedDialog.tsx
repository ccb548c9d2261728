import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import {
  changeProblem,
  keepSearch,
  loadSearches,
  openSearch,
  searches,
} from '../../state/question/searches.ts';
import { text } from '../../text.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { PaneFrame } from '../../ui/PaneFrame.tsx';
import { say } from '../../ui/say.ts';
import styles from './SavedDialog.module.css';
import { SavedRow } from './SavedRow.tsx';

const FORBIDDEN = 403;

/** The saved searches: open one, delete one, save this one. */
export function SavedDialog({ close }: { readonly close: () => void }) {
  useEffect(() => loadSearches(), []);
  const list = searches.value.value?.searches;
  const failed = changeProblem.value;
  return (
    <Dialog title={text.saved.label} close={close}>
      <SaveForm />
      {failed && (
        <p class={styles.problem} role="alert">
          {failed.status === FORBIDDEN ? text.saved.noScope : failed.detail}
        </p>
      )}
      <PaneFrame pane={searches} label={text.saved.label} tryAgain={loadSearches}>
        {list?.length === 0 && <p class={styles.none}>{text.saved.none}</p>}
        <ul class={styles.list}>
          {list?.map((search) => (
            <SavedRow
              key={search.id}
              search={search}
              open={() => {
                openSearch(search);
                close();
              }}
            />
          ))}
        </ul>
      </PaneFrame>
    </Dialog>
  );
}

function SaveForm() {
  const id = useId();
  const name = useSignal('');
  const save = async () => {
    const given = name.peek().trim();
    if (given === '' || !(await keepSearch(given))) return;
    name.value = '';
    say(text.saved.saved(given));
  };
  return (
    <form
      class={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label for={id}>{text.saved.name}</label>
      <input
        id={id}
        class={styles.name}
        value={name.value}
        maxLength={100}
        required
        autocomplete="off"
        onInput={({ currentTarget }) => (name.value = currentTarget.value)}
      />
      <button type="submit" class={styles.save}>
        {text.saved.save}
      </button>
    </form>
  );
}
