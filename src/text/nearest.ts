/** The name that a text is most likely a slip of; undefined if there are no names. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const distances = names.map((name) => [name, distance(text.toLowerCase(), name.toLowerCase())] as const);
  return distances.toSorted(([, one], [, other]) => one - other)[0]?.[0];
}

/** Of a longer text no more is looked at. */
const LONGEST = 64;

/** How many characters have to be put in, taken out or changed to make one text of the other. */
function distance(from: string, to: string): number {
  const [one, other] = [from.slice(0, LONGEST), to.slice(0, LONGEST)];
  let row = Array.from({ length: other.length + 1 }, (_none, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const above = row;
    row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = (above[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      row.push(Math.min(changed, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row[other.length] ?? 0;
}
