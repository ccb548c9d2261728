const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
const TENTHS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** Bytes for people: `512 B`, `98.2 MB`. */
export function sizeText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${TENTHS.format(value)} ${UNITS[unit] ?? ''}`;
}
