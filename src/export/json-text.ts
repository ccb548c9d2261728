/** A value of a tag as JSON: whole numbers have their digits, however many. With `indent`, over several lines. */
export function jsonOf(value: unknown, indent?: number): string {
  const exact = (_name: string, each: unknown) =>
    typeof each === 'bigint' ? JSON.rawJSON(String(each)) : each;
  return JSON.stringify(value, exact, indent);
}
