const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const AGE = /^-?((?:\d{1,9}[smhdw]){1,5})$/;
const PART = /(\d+)([smhdw])/g;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
/** The first moment of the first year that the server reads. */
const FIRST_MS = Date.UTC(1000, 0);

/** How long an age is, in milliseconds: `1h30m`. Undefined: it is no age. */
export function ageMs(text: string): number | undefined {
  const age = AGE.exec(text.trim())?.[1];
  if (age === undefined) return undefined;
  return [...age.matchAll(PART)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS_MS[unit ?? ''] ?? 0),
    0,
  );
}

/** Whether a time depends on the moment at which it is read. */
export function isRelative(text: string | undefined): boolean {
  return text !== undefined && (text.trim() === 'now' || ageMs(text) !== undefined);
}

/** Whether a time is a moment, as this page and links write it: what no calendar is needed for. */
export function isMoment(text: string): boolean {
  return MOMENT.test(text);
}

/** A time as a person wrote it, an age measured from a moment; everything else is the server's to read. */
export function resolvedTime(text: string | undefined, atMs: number): string | undefined {
  if (text === undefined || !isRelative(text)) return text;
  const ms = atMs - (ageMs(text) ?? 0);
  return ms < FIRST_MS ? undefined : new Date(ms).toISOString();
}
