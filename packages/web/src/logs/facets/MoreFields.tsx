import { useSignal } from '@preact/signals';
import { shownField } from '../../state/question/facet-values.ts';
import { loadTagNames, otherFields, tagNames } from '../../state/question/facets.ts';
import { setFieldOpen } from '../../state/question/open-fields.ts';
import { text } from '../../text.ts';
import { PaneFrame } from '../../ui/PaneFrame.tsx';
import styles from './MoreFields.module.css';

const MAX_SHOWN = 20;

/** The fields that have no place among the facets: found by a piece of their names. */
export function MoreFields() {
  const sought = useSignal('');
  const words = text.facets;
  const names = otherFields.value.filter((field) => field.toLowerCase().includes(sought.value.toLowerCase()));
  return (
    <PaneFrame pane={tagNames} label={words.moreFields} tryAgain={loadTagNames}>
      {otherFields.value.length > 0 && (
        <input
          type="search"
          class={styles.search}
          placeholder={words.findField}
          aria-label={words.findField}
          value={sought.value}
          onInput={({ currentTarget }) => (sought.value = currentTarget.value)}
        />
      )}
      {sought.value !== '' && names.length === 0 && <p class={styles.note}>{words.noField}</p>}
      <ul class={styles.names}>
        {names.slice(0, MAX_SHOWN).map((field) => (
          <li key={field}>
            <button type="button" class={styles.name} onClick={() => setFieldOpen(field, true)}>
              <bdi>{shownField(field)}</bdi>
            </button>
          </li>
        ))}
      </ul>
      {names.length > MAX_SHOWN && <p class={styles.note}>{words.more(names.length - MAX_SHOWN)}</p>}
    </PaneFrame>
  );
}
