/** The values of fields with how many lines have them. */
export function FacetsPane() {
  return null;
}
