import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { LmsError } from '../errors/catalogue.ts';
import type { StoredEntry } from '../logs/entry.ts';
import { parseEntryLine } from './entry-line.ts';
import { damaged, type PartManifest } from './manifest.ts';
import { Tally } from './part-contents.ts';
import type { Place } from './place.ts';
import { through } from './through.ts';

const TEXT_CHUNK_BYTES = 256 * 1024;

/**
 * The entries of a part in the order of their keys, some at a time: memory does not grow with the part. Its
 * size, both hashes, rows, keys and counts are compared with the manifest as it is read: if they differ, or the
 * file is cut or unreadable, it rejects with ARCHIVE, at the end at the latest. What it gave before is what stands
 * in the file, and not known to be right: who must not act on it verifies the part first.
 */
export async function* readPart(
  place: Place,
  part: PartManifest,
  signal?: AbortSignal,
): AsyncGenerator<readonly StoredEntry[], undefined> {
  const reading = new PartReading(place, part.name, { maxTextBytes: part.textBytes, signal });
  const tally = new Tally();
  for await (const entries of reading.entries()) {
    tally.add(entries);
    yield entries;
  }
  const wrong = difference(part, reading, tally);
  if (wrong !== undefined) throw damaged(part.name, wrong);
}

/** Reads a part as `readPart` does, for the sake of its verification alone; resolves to its rows. */
export async function verifyPart(place: Place, part: PartManifest, signal?: AbortSignal): Promise<number> {
  let rows = 0;
  for await (const entries of readPart(place, part, signal)) rows += entries.length;
  return rows;
}

/** A part of which no manifest tells: what one would say. Undefined if it is not whole, or has no entries. */
export async function partOf(
  place: Place,
  name: string,
  signal?: AbortSignal,
): Promise<PartManifest | undefined> {
  const reading = new PartReading(place, name, { signal });
  const tally = new Tally();
  try {
    for await (const entries of reading.entries()) tally.add(entries);
  } catch (error) {
    if (error instanceof LmsError && error.code === 'ARCHIVE') return undefined;
    throw error;
  }
  const contents = tally.contents();
  return contents && { name, ...contents, ...reading.sums };
}

function difference(part: PartManifest, { sums }: PartReading, tally: Tally): string | undefined {
  if (sums.bytes !== part.bytes) return `it has ${sums.bytes} bytes, and its manifest says ${part.bytes}`;
  if (sums.sha256 !== part.sha256) return 'its SHA-256 is not that of its manifest';
  if (sums.textBytes !== part.textBytes || sums.textSha256 !== part.textSha256)
    return 'its lines are not those of its manifest';
  return tally.difference(part);
}

/** One reading of a part's file: lines, and what they and the file add up to. */
class PartReading {
  readonly #place: Place;
  readonly #name: string;
  readonly #signal: AbortSignal | undefined;
  readonly #maxTextBytes: number;
  readonly #fileHash = createHash('sha256');
  readonly #textHash = createHash('sha256');
  #bytes = 0;
  #textBytes = 0;
  #lines = 0;

  /** No more is unpacked than there should be. */
  constructor(
    place: Place,
    name: string,
    {
      maxTextBytes = Infinity,
      signal,
    }: { readonly maxTextBytes?: number; readonly signal: AbortSignal | undefined },
  ) {
    this.#place = place;
    this.#name = name;
    this.#signal = signal;
    this.#maxTextBytes = maxTextBytes;
  }

  /** What all that was read adds up to: to be asked once, at the end. */
  get sums(): Pick<PartManifest, 'bytes' | 'sha256' | 'textBytes' | 'textSha256'> {
    this.#sums ??= {
      bytes: this.#bytes,
      sha256: this.#fileHash.digest('hex'),
      textBytes: this.#textBytes,
      textSha256: this.#textHash.digest('hex'),
    };
    return this.#sums;
  }

  #sums: ReturnType<() => PartReading['sums']> | undefined;

  async *entries(): AsyncGenerator<readonly StoredEntry[]> {
    const decoder = new StringDecoder('utf8');
    // Of a long line, each piece is looked at once.
    let begun: string[] = [];
    for await (const chunk of this.#text()) {
      const [end = '', ...lines] = decoder.write(chunk).split('\n');
      begun.push(end);
      const rest = lines.pop();
      if (rest === undefined) continue;
      const whole = [begun.join(''), ...lines];
      begun = [rest];
      yield whole.map((line) => this.#parse(line));
    }
    if (begun.join('') + decoder.end() !== '') throw damaged(this.#name, 'its last line has no end');
  }

  #parse(line: string): StoredEntry {
    this.#lines += 1;
    const entry = parseEntryLine(line);
    if (entry === undefined) throw damaged(this.#name, `line ${this.#lines} is no entry`);
    return entry;
  }

  async *#text(): AsyncGenerator<Buffer, undefined> {
    try {
      for await (const chunk of through(this.#file(), createGunzip({ chunkSize: TEXT_CHUNK_BYTES }))) {
        this.#textBytes += chunk.length;
        if (this.#textBytes > this.#maxTextBytes)
          throw damaged(this.#name, 'it holds more than its manifest says');
        this.#textHash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      if (error instanceof LmsError || this.#signal?.aborted) throw error;
      throw damaged(this.#name, 'it cannot be unpacked, perhaps cut', error);
    }
  }

  async *#file(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#place.read(this.#name, this.#signal)) {
      this.#bytes += chunk.length;
      this.#fileHash.update(chunk);
      yield chunk;
    }
  }
}
