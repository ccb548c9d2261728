import { facetFields, facetOf } from '../../state/question/facets.ts';
import { FacetSection } from './FacetSection.tsx';
import { MoreFields } from './MoreFields.tsx';

/** All facets, and a search for the fields that have none yet. */
export function FacetList() {
  return (
    <>
      {facetFields.value.map((field) => (
        <FacetSection key={field} facet={facetOf(field)} />
      ))}
      <MoreFields />
    </>
  );
}
