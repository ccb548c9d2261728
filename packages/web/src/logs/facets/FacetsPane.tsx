import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { loadPart } from '../../api/parts.ts';
import { useKeys } from '../../app/keys.ts';
import { text } from '../../text.ts';
import styles from './FacetsPane.module.css';

/** Beside the lines there is room for them from here on; on narrower screens they are opened. */
const WIDE = '(min-width: 900px)';
/** Of what opens and closes them where there is no room. */
export const FACETS_ID = 'facets';

const loaded = signal<FunctionComponent | undefined>(undefined);

/** The values of fields with how many lines have them. What reads expressions comes after the first look. */
export function FacetsPane() {
  const pane = useRef<HTMLElement>(null);
  useEffect(() => watch(pane.current), []);
  useKeys([{ key: 'f', does: text.facets.key, press: () => focusFirst(pane.current) }]);
  const Facets = loaded.value;
  return (
    <aside ref={pane} id={FACETS_ID} class={styles.pane} popover="auto" aria-label={text.facets.label}>
      {Facets && <Facets />}
    </aside>
  );
}

/** Tells whether anybody can see the facets. */
function watch(pane: HTMLElement | null): (() => void) | undefined {
  if (pane === null) return undefined;
  const wide = matchMedia(WIDE);
  const isLooked = () => wide.matches || pane.matches(':popover-open');
  const tell = async () => {
    if (!isLooked() && loaded.peek() === undefined) return;
    const [{ FacetList }, { setLooked }] = await Promise.all([
      loadPart(() => import('./FacetList.tsx')),
      loadPart(() => import('../../state/question/facets.ts')),
    ]);
    loaded.value = FacetList;
    setLooked(isLooked());
  };
  const listen = () => void tell();
  listen();
  wide.addEventListener('change', listen);
  pane.addEventListener('toggle', listen);
  return () => {
    wide.removeEventListener('change', listen);
    pane.removeEventListener('toggle', listen);
  };
}

function focusFirst(pane: HTMLElement | null): boolean {
  if (pane === null) return false;
  if (!matchMedia(WIDE).matches) pane.showPopover();
  const [first] = pane.querySelectorAll('button');
  first?.focus();
  return first !== undefined;
}
