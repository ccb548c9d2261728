import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { address } from '../../state/address.ts';
import { facetValues, shownField } from '../../state/question/facet-values.ts';
import type { Facet } from '../../state/question/facets.ts';
import { reader } from '../../state/question/refining.ts';
import { text } from '../../text.ts';
import { PaneFrame } from '../../ui/PaneFrame.tsx';
import { shownCount } from '../histogram/labels.ts';
import styles from './FacetSection.module.css';
import { FacetValueRow } from './FacetValueRow.tsx';

/** A field: closed, or with its values. */
export function FacetSection({ facet }: { readonly facet: Facet }) {
  const id = useId();
  const { field, isOpen, toggle } = facet;
  const name = shownField(field);
  return (
    <div class={styles.section}>
      <h2 class={styles.heading}>
        <button
          type="button"
          class={styles.opener}
          aria-expanded={isOpen.value}
          aria-controls={id}
          onClick={toggle}
        >
          <span class={styles.sign} aria-hidden="true">
            {isOpen.value ? '▾' : '▸'}
          </span>
          <bdi class={styles.name}>{name}</bdi>
        </button>
      </h2>
      <div id={id} hidden={!isOpen.value}>
        {isOpen.value && <FacetValues facet={facet} name={name} />}
      </div>
    </div>
  );
}

const FIRST = 10;

function FacetValues({ facet, name }: { readonly facet: Facet; readonly name: string }) {
  const isAll = useSignal(false);
  const { field, pane, load } = facet;
  const answer = pane.value.value;
  const asked = reader.value?.conditionsOn(address.value.q, field) ?? [];
  const values = facetValues(asked, answer?.values ?? []);
  const most = Math.max(1, ...values.map(({ count = 0 }) => count));
  const shown = isAll.value ? values : values.slice(0, FIRST);
  return (
    <PaneFrame pane={pane} label={text.facets.of(name)} tryAgain={load}>
      <ul class={styles.values}>
        {shown.map((value) => (
          <FacetValueRow key={value.value} field={field} value={value} most={most} />
        ))}
      </ul>
      {answer !== undefined && values.length === 0 && <p class={styles.note}>{text.facets.none}</p>}
      {values.length > FIRST && (
        <button type="button" class={styles.more} onClick={() => (isAll.value = !isAll.peek())}>
          {isAll.value ? text.facets.less : text.facets.more(values.length - FIRST)}
        </button>
      )}
      {answer !== undefined && answer.from !== 'counts' && !answer.complete && (
        <p class={styles.note}>{text.facets.sample(shownCount(answer.entries))}</p>
      )}
    </PaneFrame>
  );
}
