import { text } from '../../text.ts';
import { ExportMenu } from '../export/ExportMenu.tsx';
import { FACETS_ID } from '../facets/FacetsPane.tsx';
import { ExpressionBox } from './ExpressionBox.tsx';
import { LinkMenu } from './LinkMenu.tsx';
import styles from './QueryBar.module.css';
import { SavedSearches } from './SavedSearches.tsx';
import { TimePicker } from './TimePicker.tsx';

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
