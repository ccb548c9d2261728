/** The expression, the times, and what is done with the question. */
export function QueryBar() {
  return null;
}
