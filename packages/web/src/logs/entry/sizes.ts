/** How much of a payload is shown before more of it is asked for, in UTF-16 units. */
export const FIRST_LENGTH = 2_048;

/** A size for a person: `1.4 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const [size, unit] = bytes < 999_500 ? [bytes / 1_000, 'KB'] : [bytes / 1_000_000, 'MB'];
  return `${size < 10 ? size.toFixed(1) : String(Math.round(size))} ${unit}`;
}

/** The size of a text in UTF-8. */
export function bytesOf(text: string): number {
  return new Blob([text]).size;
}

/** The beginning of a text, which does not end in half a character. */
export function beginningOf(text: string, length: number): string {
  if (text.length <= length) return text;
  const isHalf = (text.charCodeAt(length - 1) & 0xfc00) === 0xd800;
  return text.slice(0, isHalf ? length - 1 : length);
}

/** A long text in pieces that a browser lays out one by one: each ends with a line, unless that is too long. */
export function chunksOf(text: string, length: number): readonly string[] {
  const chunks: string[] = [];
  for (let at = 0; at < text.length;) {
    const piece = beginningOf(text.slice(at, at + length + 1), length);
    const isLast = at + piece.length >= text.length;
    const end = isLast ? -1 : piece.lastIndexOf('\n');
    const chunk = end === -1 ? piece : piece.slice(0, end + 1);
    chunks.push(chunk);
    at += chunk.length;
  }
  return chunks;
}
