import { type FacetValue, shownValue } from '../../state/question/facet-values.ts';
import { askFor, askWithout } from '../../state/question/refining.ts';
import { text } from '../../text.ts';
import { shownCount } from '../histogram/labels.ts';
import styles from './FacetValueRow.module.css';

type Wanted = 'add' | 'out' | 'only';

/** A value: a click adds it or takes it away, with Alt it is left out, `only` leaves all others out. */
export function FacetValueRow({
  field,
  value: { value, count, how },
  most,
}: {
  readonly field: string;
  readonly value: FacetValue;
  /** What the most frequent has. */
  readonly most: number;
}) {
  const shown = shownValue(value);
  const words = text.facets;
  const ask = (wanted: Wanted) => void askFor({ field, value, how: wanted });
  return (
    <li class={styles.row} data-how={how}>
      <button
        type="button"
        class={styles.value}
        aria-pressed={how === 'for'}
        aria-label={how === 'out' ? words.outOf(shown) : undefined}
        title={shown}
        onClick={({ altKey }) => {
          if (altKey) ask('out');
          else if (how === undefined) ask('add');
          else void askWithout(field, value);
        }}
      >
        <span class={styles.bar} style={{ width: `${String(((count ?? 0) / most) * 100)}%` }} />
        <bdi class={styles.label} data-severity={field === 'severity' ? value : undefined}>
          {shown}
        </bdi>
        <span class={styles.count}>{count === undefined ? '–' : shownCount(count)}</span>
      </button>
      <RowActions shown={shown} ask={ask} />
    </li>
  );
}

function RowActions({ shown, ask }: { readonly shown: string; readonly ask: (wanted: Wanted) => void }) {
  const { onlyOf, only, outOf, out } = text.facets;
  return (
    <span class={styles.actions}>
      <button type="button" aria-label={onlyOf(shown)} title={onlyOf(shown)} onClick={() => ask('only')}>
        {only}
      </button>
      <button type="button" aria-label={outOf(shown)} title={out} onClick={() => ask('out')}>
        ⊘
      </button>
    </span>
  );
}
