/** Who reads this page. */
export function SessionMenu() {
  return null;
}
