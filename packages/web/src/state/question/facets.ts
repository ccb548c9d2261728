import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { fieldOf, keyOf } from '../../../../../src/query/fields.ts';
import type { Answer } from '../../../../client/src/types.ts';
import { client } from '../../api/api.ts';
import { loadPart } from '../../api/parts.ts';
import { address } from '../address.ts';
import { createPane, type Pane } from '../pane.ts';
import { run } from '../run.ts';
import { openFields, setFieldOpen } from './open-fields.ts';
import { reader } from './refining.ts';

/** A field with its values and how many lines have each: a pane of its own. */
export interface Facet {
  readonly field: string;
  readonly pane: Pane<Answer<'values'>>;
  readonly isOpen: ReadonlySignal<boolean>;
  readonly toggle: () => void;
  readonly load: (how?: 'anew' | 'refresh') => void;
}

/** Values that are asked for: many more than are shown at first. */
const MAX_VALUES = 200;
const MAX_NAMES = 1_000;
/** Of the tags there are, so many have a place without being looked for. */
const USUAL_TAGS = 8;
const REFRESH_MS = 15_000;
/** Fields whose values are all different: there is nothing to choose from. */
const UNCOUNTED: ReadonlySet<string> = new Set(['time', 'payload', 'event_id']);

const facets = new Map<string, Facet>();
const looked = signal(false);

/** The names of tags among the newest lines. */
export const tagNames = createPane<Answer<'values'>>();

/** Every field that has a place, in the order in which they stand. */
export const facetFields: ReadonlySignal<readonly string[]> = computed(() => {
  const { columns, q } = address.value;
  const asked = q === '' ? [] : (reader.value?.askedFields(q) ?? []);
  const tags = tagNames.value.value?.values.map(({ value }) => `tags.${value}`) ?? [];
  const opened = openFields.value.filter(({ isOpen }) => isOpen).map(({ field }) => field);
  const all = ['severity', 'service', ...keysOf(columns), ...asked, ...opened, ...tags.slice(0, USUAL_TAGS)];
  return [...new Set(all)].filter((key) => !UNCOUNTED.has(key));
});

/** The tags that have none. */
export const otherFields: ReadonlySignal<readonly string[]> = computed(() => {
  const tags = tagNames.value.value?.values.map(({ value }) => `tags.${value}`) ?? [];
  return tags.filter((key) => !facetFields.value.includes(key));
});

/** Whether anybody can see the facets; nothing is asked otherwise. */
export function setLooked(isLooked: boolean): void {
  looked.value = isLooked;
}

/** The facet of a field. */
export function facetOf(field: string): Facet {
  const known = facets.get(field);
  if (known !== undefined) return known;
  const made = createFacet(field);
  facets.set(field, made);
  return made;
}

/** Asks for the names of tags. */
export function loadTagNames(how: 'anew' | 'refresh' = 'anew'): void {
  const { q, since, until, tz } = run.peek();
  const question = { field: 'tags', q, since, until, tz, limit: MAX_NAMES };
  void tagNames.load((abort) => client.values(question, { signal: abort }), how);
}

function createFacet(field: string): Facet {
  const pane = createPane<Answer<'values'>>();
  const isOpen = computed(
    () => openFields.value.find((each) => each.field === field)?.isOpen ?? isUsual(field),
  );
  const load = (how: 'anew' | 'refresh' = 'anew') => {
    const { q: asked, since, until, tz } = run.peek();
    void pane.load(async (abort) => {
      // All its values, also those that are not asked for now: another click adds one.
      const q = asked === '' ? '' : (await loadPart(() => import('./refine.ts'))).withoutField(asked, field);
      return client.values({ field, q, since, until, tz, limit: MAX_VALUES }, { signal: abort });
    }, how);
  };
  effect(() => {
    if (run.value.number > 0 && isOpen.value && looked.value) load();
  });
  return { field, pane, isOpen, load, toggle: () => setFieldOpen(field, !isOpen.peek()) };
}

function isUsual(field: string): boolean {
  return ['severity', 'service', ...keysOf(address.value.columns)].includes(field);
}

/** The fields of columns. */
function keysOf(columns: readonly string[]): readonly string[] {
  return columns.map((name) => keyOf(fieldOf(name)));
}

effect(() => {
  if (run.value.number > 0 && looked.value) loadTagNames();
});
setInterval(() => {
  if (!address.peek().isLive || !looked.peek() || document.visibilityState === 'hidden') return;
  if (!tagNames.isAsked.peek()) loadTagNames('refresh');
  for (const field of facetFields.peek()) {
    const { isOpen, pane, load } = facetOf(field);
    if (isOpen.peek() && !pane.isAsked.peek()) load('refresh');
  }
}, REFRESH_MS);
