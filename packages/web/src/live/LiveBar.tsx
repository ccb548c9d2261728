/** Whether lines come by themselves, and up to when all is stored. */
export function LiveBar() {
  return null;
}
