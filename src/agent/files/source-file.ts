import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { GzipBytes } from './gzip-bytes.ts';
import { lastOf, SPAN_BYTES } from './span.ts';

/** How a file stands. */
export interface FileStat {
  /** Tells it from all files that there are at the same time. */
  readonly key: string;
  readonly inode: number;
  /** Bytes as they are on the disk. */
  readonly size: number;
  readonly modifiedMs: number;
  readonly bornMs: number | undefined;
  /** Whether no name leads to it any more. */
  readonly isDeleted: boolean;
}

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** What is said of a file that matters here. */
export function fileStat(stats: Stats): FileStat {
  const { dev, ino, size, mtimeMs, birthtimeMs, ctimeMs, nlink } = stats;
  return {
    key: `${String(dev)}:${String(ino)}`,
    inode: ino,
    size,
    modifiedMs: mtimeMs,
    // Where a file system does not know it, it is that of the last change.
    bornMs: birthtimeMs > 0 && birthtimeMs < ctimeMs ? birthtimeMs : undefined,
    isDeleted: nlink === 0,
  };
}

/** A file that is open for reading: its bytes, unpacked if it is gzip. */
export class SourceFile {
  readonly #handle: FileHandle;
  readonly #gzip: GzipBytes | undefined;
  /** Where it was found, with no symbolic link in it. */
  path: string;
  /** As it was when it was looked at last. */
  stat: FileStat;
  #isOpen = true;

  private constructor(path: string, handle: FileHandle, stat: FileStat, isGzip: boolean) {
    this.path = path;
    this.#handle = handle;
    this.stat = stat;
    if (isGzip) this.#gzip = new GzipBytes(handle);
  }

  /** Undefined if it is no regular file. Rejects as `open` does. */
  static async open(path: string): Promise<SourceFile | undefined> {
    // A pipe that nobody writes to would block.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      const magic = Buffer.alloc(GZIP_MAGIC.length);
      if (stats.isFile()) {
        await handle.read(magic, 0, magic.length, 0);
        return new SourceFile(path, handle, fileStat(stats), magic.equals(GZIP_MAGIC));
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return undefined;
  }

  get isGzip(): boolean {
    return this.#gzip !== undefined;
  }

  /** Whether gzip ended before its end: it is still being written, or was cut. */
  get isCut(): boolean {
    return this.#gzip?.isCut === true;
  }

  /** Why what is behind that which was read cannot be unpacked; undefined if it can, or there is nothing. */
  get failure(): unknown {
    return this.#gzip?.failure;
  }

  /** Looks at it again. */
  async look(): Promise<FileStat> {
    const before = this.stat;
    this.stat = fileStat(await this.#handle.stat());
    if (before.size !== this.stat.size) this.#gzip?.begin();
    return this.stat;
  }

  /** At most `length` bytes from an offset on; fewer only at its end. */
  async read(from: number, length: number): Promise<Buffer> {
    if (this.#gzip !== undefined) return this.#gzip.read(from, length);
    const buffer = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, length - filled, from + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  /** Its first bytes, as many as tell it from others. */
  async head(): Promise<Buffer> {
    return this.read(0, SPAN_BYTES);
  }

  /** Whether these bytes end at `offset`. */
  async hasBefore(offset: number, bytes: Buffer): Promise<boolean> {
    const last = lastOf(bytes, SPAN_BYTES);
    return (await this.read(offset - last.length, last.length)).equals(last);
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#gzip?.end();
    // What was read is read: a file system that is away then may say no.
    await this.#handle.close().catch(() => undefined);
  }
}
