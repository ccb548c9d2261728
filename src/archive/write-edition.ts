import { createHash } from 'node:crypto';
import { createGzip } from 'node:zlib';
import { LmsError } from '../errors/catalogue.ts';
import type { StoredEntry } from '../logs/entry.ts';
import { countsOf } from './archive.ts';
import { entryLine } from './entry-line.ts';
import {
  type Contents,
  type DayManifest,
  manifestName,
  type PartManifest,
  partName,
  printManifest,
} from './manifest.ts';
import { Tally } from './part-contents.ts';
import type { Place } from './place.ts';
import { through } from './through.ts';

/** A part ends behind the entry with which its lines are so large: what a reader may have to hold of them. */
const PART_BYTES = 64 * 1024 ** 2;
const CHUNK_CHARACTERS = 256 * 1024;
const GZIP_LEVEL = 6;

/** What is written of a day. */
export interface Edition {
  readonly day: string;
  readonly edition: number;
  /** In the order of their keys, behind those of `parts`. */
  readonly entries: AsyncIterable<readonly StoredEntry[]>;
  /** Parts that are written already, from the first. */
  readonly parts?: readonly PartManifest[];
}

/** How it is written. */
export interface Writing {
  readonly place: Place;
  /** Of this program. */
  readonly release: string;
  /** The time, in RFC 3339. */
  readonly now: () => string;
  /** Told of entries as they go into a part. */
  readonly onEntries?: ((count: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Other than usual. */
  readonly partBytes?: number | undefined;
}

/**
 * Writes an edition: parts, and its manifest at last, so that it is there whole or not at all. Resolves to
 * undefined if there are no entries. Rejects with ARCHIVE_PLACE if somebody else has written one of its files.
 */
export async function writeEdition(edition: Edition, writing: Writing): Promise<DayManifest | undefined> {
  const source = new Source(edition.entries);
  const parts = [...(edition.parts ?? [])];
  try {
    while (!(await source.isOver())) {
      writing.signal?.throwIfAborted();
      parts.push(await writePart(partName(edition, parts.length + 1), source, writing));
    }
  } finally {
    await source.close();
  }
  const contents = together(parts);
  if (contents === undefined) return undefined;
  const { day, edition: number } = edition;
  const { release, now, place, signal } = writing;
  const manifest = { day, edition: number, ...contents, parts, release, writtenAt: now() };
  await writeNew(place, manifestName(manifest), only(Buffer.from(printManifest(manifest))), signal);
  return manifest;
}

async function writePart(
  name: string,
  source: Source,
  { place, partBytes = PART_BYTES, onEntries, signal }: Writing,
): Promise<PartManifest> {
  const [text, file] = [new Sums(), new Sums()];
  const tally = new Tally();
  const lines = text.of(partLines(source, { tally, leftBytes: () => partBytes - text.bytes, onEntries }));
  await writeNew(place, name, file.of(through(lines, createGzip({ level: GZIP_LEVEL }))), signal);
  const told = tally.contents();
  if (told === undefined) throw new Error(`the entries of ${name} were not read in the order of their keys`);
  const [bytes, textBytes] = [file.bytes, text.bytes];
  return { name, sha256: file.sha256(), textSha256: text.sha256(), ...told, bytes, textBytes };
}

async function writeNew(
  place: Place,
  name: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (await place.write(name, content, { signal })) return;
  throw new LmsError(
    'ARCHIVE_PLACE',
    `${name} is there already, in ${place.text}: another process writes this archive, perhaps of another database`,
  );
}

interface Filling {
  readonly tally: Tally;
  /** Until the part is full. */
  readonly leftBytes: () => number;
  readonly onEntries: ((count: number) => void) | undefined;
}

/** The lines of entries until the part is full. */
async function* partLines(
  source: Source,
  { tally, leftBytes, onEntries }: Filling,
): AsyncGenerator<Buffer, undefined> {
  while (leftBytes() > 0 && !(await source.isOver())) {
    const enough = Math.min(CHUNK_CHARACTERS, leftBytes());
    let lines = '';
    const entries: StoredEntry[] = [];
    while (lines.length < enough) {
      const entry = source.next();
      if (entry === undefined) break;
      entries.push(entry);
      lines += `${entryLine(entry)}\n`;
    }
    tally.add(entries);
    onEntries?.(entries.length);
    yield Buffer.from(lines);
  }
}

/** Entries that come some at a time, one at a time. */
class Source {
  readonly #batches: AsyncIterator<readonly StoredEntry[]>;
  #batch: readonly StoredEntry[] = [];
  #at = 0;
  #isOver = false;

  constructor(entries: AsyncIterable<readonly StoredEntry[]>) {
    this.#batches = entries[Symbol.asyncIterator]();
  }

  /** Whether there are no more; if not, `next` has one. */
  async isOver(): Promise<boolean> {
    while (!this.#isOver && this.#at >= this.#batch.length) {
      const result = await this.#batches.next();
      this.#isOver = result.done === true;
      this.#batch = result.done === true ? [] : result.value;
      this.#at = 0;
    }
    return this.#isOver;
  }

  /** Undefined: `isOver` is to be asked. */
  next(): StoredEntry | undefined {
    const entry = this.#batch[this.#at];
    this.#at += 1;
    return entry;
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}

/** What bytes add up to, as they pass. */
class Sums {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  async *of(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
    for await (const chunk of chunks) {
      this.#bytes += chunk.length;
      this.#hash.update(chunk);
      yield chunk;
    }
  }

  /** To be asked once, at the end. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}

/** What the parts of an edition hold together. */
function together(parts: readonly PartManifest[]): Contents | undefined {
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const sum = (read: (part: Contents) => number) => parts.reduce((total, part) => total + read(part), 0);
  return {
    rows: sum(({ rows }) => rows),
    first: first.first,
    last: last.last,
    counts: countsOf({ editions: parts }),
    bytes: sum(({ bytes }) => bytes),
    textBytes: sum(({ textBytes }) => textBytes),
  };
}

async function* only(chunk: Uint8Array): AsyncGenerator<Uint8Array, undefined> {
  yield await Promise.resolve(chunk);
}
