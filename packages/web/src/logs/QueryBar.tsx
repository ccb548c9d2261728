import { text } from '../text.ts';
import { ExportMenu } from './ExportMenu.tsx';
import { FACETS_ID } from './FacetsPane.tsx';
import { ExpressionBox } from './query/ExpressionBox.tsx';
import { LinkMenu } from './query/LinkMenu.tsx';
import { SavedSearches } from './query/SavedSearches.tsx';
import { TimePicker } from './query/TimePicker.tsx';
import styles from './QueryBar.module.css';

/** The expression, the times, and what is done with the question. */
export function QueryBar() {
  return (
    <search class={styles.bar} aria-label={text.query.label}>
      <ExpressionBox />
      <div class={styles.tools}>
        <TimePicker />
        <button type="button" class={styles.fields} popovertarget={FACETS_ID}>
          {text.query.fields}
        </button>
        <SavedSearches />
        <LinkMenu />
        <ExportMenu />
      </div>
    </search>
  );
}
