import { acceptedRanges } from './format.ts';

/** What answers may be compressed by, the best first. */
export const ENCODINGS = ['br', 'gzip'] as const;

/** A compression, as `Content-Encoding` names it. */
export type Encoding = (typeof ENCODINGS)[number];

/**
 * The compression of those that there are that `Accept-Encoding` likes best; undefined if it takes none of them,
 * or is not there.
 */
export function encodingFor(
  offered: readonly Encoding[],
  accepted: string | undefined,
): Encoding | undefined {
  const ranges = acceptedRanges(accepted ?? '');
  const qualityOf = (encoding: Encoding) =>
    (ranges.find(({ type }) => type === encoding) ?? ranges.find(({ type }) => type === '*'))?.quality ?? 0;
  const [best] = offered
    .map((encoding) => ({ encoding, quality: qualityOf(encoding) }))
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality);
  return best?.encoding;
}
