import { useSignal } from '@preact/signals';
import { removeSearch, type SavedSearch } from '../../state/question/searches.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import { say } from '../../ui/say.ts';
import styles from './SavedDialog.module.css';

/** A saved search. It is deleted by a second click. */
export function SavedRow({ search, open }: { readonly search: SavedSearch; readonly open: () => void }) {
  const isAsked = useSignal(false);
  const { name, q } = search;
  const remove = async () => {
    if (!isAsked.peek()) isAsked.value = true;
    else if (await removeSearch(search)) say(text.saved.removed(name));
  };
  return (
    <li class={styles.row}>
      <button type="button" class={styles.open} onClick={open}>
        <bdi class={styles.title}>{name}</bdi>
        <code class={styles.q}>{q || text.saved.everything}</code>
        <span class={styles.times}>{timesText(search)}</span>
      </button>
      <Button
        isQuiet
        label={isAsked.value ? undefined : text.saved.remove(name)}
        onClick={() => void remove()}
      >
        {isAsked.value ? text.saved.really : '✕'}
      </Button>
    </li>
  );
}

function timesText({ since, until, tz }: SavedSearch): string {
  const { all, last, beginning, now } = text.time;
  if (since === null && until === null) return all;
  if (until === null && since !== null && /^[\dsmhdw]+$/.test(since)) return last(since);
  return `${since ?? beginning} – ${until ?? now} ${tz}`;
}
