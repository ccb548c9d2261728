/** Of a longer text no more is looked at. */
const LONGEST = 64;

/**
 * The name that a text is most likely a slip of, whatever its case: undefined if there is none that is at most
 * so many slips away.
 */
export function nearest(text: string, names: readonly string[], most = LONGEST): string | undefined {
  const distances = names.map((name) => [name, distance(text.toLowerCase(), name.toLowerCase())] as const);
  const near = distances.filter(([, away]) => away <= most);
  return near.toSorted(([, one], [, other]) => one - other)[0]?.[0];
}

/**
 * How many characters have to be put in, taken out, changed or swapped with the next to make one text of the
 * other: the optimal string alignment distance.
 */
function distance(from: string, to: string): number {
  const [one, other] = [from.slice(0, LONGEST), to.slice(0, LONGEST)];
  let twoAbove: number[] = [];
  let above: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_none, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    [twoAbove, above, row] = [above, row, [i]];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = (above[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = isSwapped ? (twoAbove[j - 2] ?? 0) + 1 : Infinity;
      row.push(Math.min(changed, swapped, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row[other.length] ?? 0;
}
