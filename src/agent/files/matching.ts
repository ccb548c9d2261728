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
export const SAME_MS = 1;

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
  const known = Math.max(reading?.position ?? record.offset, record.head.bytes);
  if (known === 0 || truncatedKey === stat.key) return false;
  if (home.inode === stat.inode && !areApart(home.bornMs, stat.bornMs)) return true;
  const isProof = known >= SPAN_BYTES;
  if (path === record.path || source.path === home.path) return isProof;
  return isOfLog(path, record) && (isProof || stat.modifiedMs >= record.modifiedMs - SAME_MS);
}

function areApart(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && Math.abs(one - other) > SAME_MS;
}

/**
 * Whether a file of this path may be rotated away from where the record's was found, or from where its path led: a
 * link of kubelet stays, and what it leads to is rotated.
 */
export function isOfLog(path: string, { path: original, home }: FileRecord): boolean {
  return isOfOriginal(path, original) || (home.path !== original && isOfOriginal(path, home.path));
}

function isOfOriginal(path: string, original: string): boolean {
  const unnumbered = original.replace(/\.gz$/, '').replace(/\.\d{1,4}$/, '');
  // Most are not: that is seen at once.
  if (!basename(path).startsWith(basename(unnumbered).slice(0, 2))) return false;
  return isRotatedName(path, original) || isRotatedName(path, unnumbered);
}

/**
 * How many bytes show that a file is a copy of another one that is being read, or becomes one; undefined if it is none.
 * All that it has is in the other, or all that was read of the other is in it.
 */
export async function copiedBytes(
  { path, source, head }: Unknown,
  other: FollowedFile,
): Promise<number | undefined> {
  const { reading, source: theirSource } = other;
  if (!isOfLog(path, reading.record)) return undefined;
  const theirs = (await theirSource?.head()) ?? reading.head;
  if (theirSource !== undefined && !(await hasBytesRead(reading, theirSource, theirs))) {
    // The other was truncated, and that was not seen yet: once it is, this may be what was in it.
    other.isAtEnd = false;
    return SPAN_BYTES;
  }
  const length = Math.min(head.length, theirs.length);
  if (length === 0 || !head.subarray(0, length).equals(theirs.subarray(0, length))) return undefined;
  const { position, window } = reading;
  if (position > 0 && (await source.hasBefore(position, window))) return position;
  return theirSource === undefined ? SPAN_BYTES : bytesInBoth(source, theirSource);
}

/** As many bytes as both have, if the last of these are the same. */
async function bytesInBoth(source: SourceFile, other: SourceFile): Promise<number | undefined> {
  if (source.isGzip || other.isGzip) return packedInBoth(source, other);
  const length = Math.min(source.stat.size, (await other.look()).size);
  return (await areSameBefore(length, source, other)) ? length : undefined;
}

async function packedInBoth(source: SourceFile, other: SourceFile): Promise<number | undefined> {
  const [packed, plain] = source.isGzip ? [source, other] : [other, source];
  if (plain.isGzip) return undefined;
  const { size } = await plain.look();
  return (await areSameBefore(size, plain, packed)) || packed.isCut ? Math.max(size, SPAN_BYTES) : undefined;
}

async function areSameBefore(offset: number, one: SourceFile, other: SourceFile): Promise<boolean> {
  const from = Math.max(0, offset - SPAN_BYTES);
  const bytes = await one.read(from, offset - from);
  return bytes.equals(await other.read(from, offset - from));
}
