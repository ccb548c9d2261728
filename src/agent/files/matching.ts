import { basename } from 'node:path';
import type { FileReading } from './file-reading.ts';
import { type FollowedFile, hasBytesOf, hasBytesRead } from './followed-file.ts';
import type { FileRecord } from './record.ts';
import { isRotatedName } from './rotated-names.ts';
import type { SourceFile } from './source-file.ts';
import { SPAN_BYTES } from './span.ts';

/** Bytes that were read, and are looked for: what held them holds them no more. */
export interface Missing {
  readonly record: FileRecord;
  /** Undefined if it was another process that read them. */
  readonly reading: FileReading | undefined;
  /** The file that they were truncated from: if it has the same again, it was written again. */
  readonly truncatedKey: string | undefined;
}

/** A file that is there, open, and belongs to nothing that is known. */
export interface Unknown {
  readonly path: string;
  readonly source: SourceFile;
  readonly head: Buffer;
}

/** Clocks of file systems tick in steps. */
const SAME_MS = 1;

/** Of these, what the file holds: the first whose bytes it has, and which it may be. */
export async function findSame<M extends Missing>(
  file: Unknown,
  candidates: readonly M[],
): Promise<M | undefined> {
  for (const each of candidates) {
    if (!mayBe(file, each)) continue;
    const { reading, record } = each;
    const has =
      reading === undefined
        ? await hasBytesOf(record, file.source, file.head)
        : await hasBytesRead(reading, file.source, file.head);
    if (has) return each;
  }
  return undefined;
}

/**
 * Whether a file may be one that was read, if its bytes are the same. A few bytes prove little: many programs begin
 * with the same line.
 */
function mayBe({ path, source }: Unknown, { record, reading, truncatedKey }: Missing): boolean {
  const { stat } = source;
  const { home } = record;
  const known = reading === undefined ? Math.max(record.offset, record.head.bytes) : reading.position;
  if (known === 0 || truncatedKey === stat.key) return false;
  if (home.inode === stat.inode) return !areApart(home.bornMs, stat.bornMs);
  const isProof = known >= SPAN_BYTES;
  if (path === record.path || source.path === home.path) return isProof;
  return isOfLog(path, record) && (isProof || stat.modifiedMs >= record.modifiedMs - SAME_MS);
}

function areApart(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && Math.abs(one - other) > SAME_MS;
}

/** Whether a file of this path may be rotated away from where the record's was found. */
export function isOfLog(path: string, { path: original }: FileRecord): boolean {
  const unnumbered = original.replace(/\.gz$/, '').replace(/\.\d{1,4}$/, '');
  // Most are not: that is seen at once.
  if (!basename(path).startsWith(basename(unnumbered).slice(0, 2))) return false;
  return isRotatedName(path, original) || isRotatedName(path, unnumbered);
}

/**
 * Whether all that a file holds is what another one holds or held at its place, which is still being read: it is a copy
 * of that, or becomes one. A file that has more than was read of the other is looked at up to that.
 */
export async function isCopyOf({ path, source, head }: Unknown, other: FollowedFile): Promise<boolean> {
  const { reading } = other;
  if (!isOfLog(path, reading.record)) return false;
  const length = Math.min(head.length, reading.head.length);
  if (length === 0 || !head.subarray(0, length).equals(reading.head.subarray(0, length))) return false;
  if (source.isGzip) return (await source.hasBefore(reading.position, reading.window)) || source.isCut;
  const { size } = source.stat;
  if (size >= reading.position) return source.hasBefore(reading.position, reading.window);
  if (other.source === undefined) return true;
  const from = Math.max(0, size - SPAN_BYTES);
  const last = await source.read(from, size - from);
  return last.equals(await other.source.read(from, last.length));
}
