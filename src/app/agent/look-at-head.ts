import { type FileHandle, open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import { fileOrigin } from '../../agent/file-origin.ts';
import { whyOf } from '../../agent/files/faults.ts';
import { packedAs } from '../../agent/files/packed.ts';
import type { ReadOptions } from '../../agent/ports.ts';
import { entriesOf } from '../../agent/reading/event-entries.ts';
import { sourceOptions } from '../../agent/reading/read-options.ts';
import { SourceReader } from '../../agent/reading/source-reader.ts';
import type { LogEntry } from '../../logs/entry.ts';

/** What the beginning of a file shows. */
export interface FileHead {
  readonly path: string;
  /** Undefined if it cannot be read: `problem` says why. */
  readonly bytes?: number;
  readonly problem?: string;
  /** How it is compressed, if that is not unpacked: it is left out. */
  readonly packedBy?: string;
  /** The format, by its name or by the first lines. Undefined of an empty file. */
  readonly format?: string | undefined;
  /** The share of the lines looked at that are of the format, 0 to 1; undefined if the format was named. */
  readonly share?: number | undefined;
  /** How many were looked at to find it. */
  readonly lines?: number | undefined;
  /** Of the events of the beginning: those that are not of the format. */
  readonly misfits?: number;
  readonly events?: number;
  /** The first entries that would be sent. */
  readonly samples?: readonly LogEntry[];
}

/** So much of a file is looked at. */
const HEAD_BYTES = 262_144;
/** No gzip of so few bytes unpacks to more than may be unpacked. */
const MIN_PACKED_BYTES = 4_096;
const GZIP = Buffer.from([0x1f, 0x8b]);

/** Looks at the beginning of a file as an input would read it. Never rejects. */
export async function lookAtHead(path: string, read: ReadOptions, samples: number): Promise<FileHead> {
  try {
    const file = await open(path);
    try {
      return await headOf(file, path, { read, samples });
    } finally {
      await file.close();
    }
  } catch (error) {
    return { path, problem: whyOf(error) };
  }
}

async function headOf(
  file: FileHandle,
  path: string,
  { read, samples }: { readonly read: ReadOptions; readonly samples: number },
): Promise<FileHead> {
  const { size } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, HEAD_BYTES)), 0, undefined, 0);
  const packed = packedAs(path, buffer.subarray(0, bytesRead));
  if (typeof packed === 'object') return { path, bytes: size, packedBy: packed.by };
  const reader = new SourceReader(sourceOptions(read));
  const nowMs = Date.now();
  const head = unpacked(buffer.subarray(0, bytesRead));
  const events = reader.push(head.subarray(0, HEAD_BYTES), nowMs);
  if (size <= HEAD_BYTES) events.push(...reader.end(nowMs));
  const found = reader.guess;
  const origin = fileOrigin(read, path);
  const time = { seconds: Math.floor(nowMs / 1_000), nanos: 0 };
  return {
    path,
    bytes: size,
    format: formatText(read.format, reader),
    share: found?.share,
    lines: found?.lines,
    misfits: reader.counts.misfits,
    events: events.length,
    samples: events
      .slice(0, samples)
      .flatMap(({ reading }) => entriesOf(reading, { id: 'sample', time }, origin)),
  };
}

function unpacked(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, GZIP.length).equals(GZIP)) return bytes;
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 * HEAD_BYTES });
  } catch (error) {
    // What says the same again and again is packed to a thousandth: less of it says enough.
    if (!(error instanceof RangeError) || bytes.length < MIN_PACKED_BYTES) throw error;
    return unpacked(bytes.subarray(0, bytes.length / 8));
  }
}

function formatText(named: string, { wrapping, guess }: SourceReader): string | undefined {
  if (named !== 'auto' && named !== wrapping) return named;
  const parts = [wrapping, guess?.format].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}
