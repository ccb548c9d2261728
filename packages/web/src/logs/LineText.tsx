/** The text of a line. */
export function LineText({ payload }: { readonly payload: string; readonly isWrapped: boolean }) {
  return <>{payload}</>;
}
