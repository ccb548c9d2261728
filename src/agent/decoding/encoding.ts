/** How the bytes of a source spell its text. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** What the first bytes of a source say. */
export interface DetectedEncoding {
  readonly encoding: Encoding;
  /** Bytes of the byte order mark, which is no text. */
  readonly markBytes: number;
}

const MARKS: readonly { readonly encoding: Encoding; readonly bytes: readonly number[] }[] = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];
const NO_MARK: DetectedEncoding = { encoding: 'utf-8', markBytes: 0 };

/**
 * The encoding of a source by its byte order mark; without one it is UTF-8. Undefined while its first bytes, `head`,
 * may be a part of a mark and there may be more.
 */
export function detectEncoding(head: Uint8Array, isAll: boolean): DetectedEncoding | undefined {
  let mayBecomeOne = false;
  for (const { encoding, bytes } of MARKS) {
    const known = bytes.slice(0, head.length);
    if (!known.every((byte, index) => head[index] === byte)) continue;
    if (known.length === bytes.length) return { encoding, markBytes: bytes.length };
    mayBecomeOne = true;
  }
  return mayBecomeOne && !isAll ? undefined : NO_MARK;
}
