import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf } from './faults.ts';

/** So many bytes before those that were read last can be read again without beginning anew. */
const KEPT_BYTES = 64 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** The unpacked bytes of an open gzip file. Holds a window on them; to go back before it, it unpacks from the start. */
export class GzipBytes {
  readonly #handle: FileHandle;
  #chunks: AsyncIterator<Buffer, undefined> | undefined;
  #stop = () => {};
  #window: Buffer[] = [];
  #start = 0;
  #end = 0;
  #isAll = false;
  #isCut = false;
  #failure: unknown;

  /** The file stays whose it is. */
  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Whether it ended before its end, as far as was read. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Why nothing can be unpacked behind what was read; undefined if it can, or ended. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Unpacks from the start on when it is read next: the file has changed. */
  begin(): void {
    this.end();
    this.#window = [];
    this.#start = 0;
    this.#end = 0;
    this.#isAll = false;
    this.#isCut = false;
    this.#failure = undefined;
  }

  end(): void {
    this.#stop();
    this.#chunks = undefined;
    this.#stop = () => {};
  }

  /** At most `length` bytes from an offset on; fewer only at the end, or before what is no gzip: for that it rejects. */
  async read(from: number, length: number): Promise<Buffer> {
    if (from < this.#start) this.begin();
    while (this.#end < from + length && !this.#isAll) {
      await this.#pull();
      this.#forget(from);
    }
    if (this.#failure !== undefined && this.#end <= from) throw this.#failure as Error;
    const all = Buffer.concat(this.#window);
    const window = all.subarray(Math.max(0, from - KEPT_BYTES - this.#start));
    this.#start = this.#end - window.length;
    this.#window = [window];
    return window.subarray(from - this.#start, from - this.#start + length);
  }

  async #pull(): Promise<void> {
    this.#chunks ??= this.#open();
    try {
      const next = await this.#chunks.next();
      if (next.done === true) {
        this.#isAll = true;
        return;
      }
      this.#window.push(next.value);
      this.#end += next.value.length;
    } catch (error) {
      this.#isAll = true;
      // The end of what was written so far.
      if (codeOf(error) === 'Z_BUF_ERROR') this.#isCut = true;
      else this.#failure = error;
    }
  }

  #open(): AsyncIterator<Buffer, undefined> {
    const packed = Readable.from(packedBytes(this.#handle), {
      objectMode: false,
      highWaterMark: CHUNK_BYTES,
    });
    const unpacked = createGunzip({ chunkSize: CHUNK_BYTES });
    packed.on('error', (error) => unpacked.destroy(error));
    packed.pipe(unpacked);
    this.#stop = () => {
      packed.destroy();
      unpacked.destroy();
    };
    return unpacked.iterator({ destroyOnReturn: true }) as AsyncIterator<Buffer, undefined>;
  }

  #forget(from: number): void {
    for (let first = this.#window[0]; first !== undefined; first = this.#window[0]) {
      if (this.#start + first.length > from - KEPT_BYTES) return;
      this.#window.shift();
      this.#start += first.length;
    }
  }
}

async function* packedBytes(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await handle.read(
      Buffer.allocUnsafeSlow(CHUNK_BYTES),
      0,
      CHUNK_BYTES,
      position,
    );
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
