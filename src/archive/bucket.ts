import { createHash } from 'node:crypto';
import { type Bucket as GoogleBucket, type File, IdempotencyStrategy, Storage } from '@google-cloud/storage';
import { LmsError } from '../errors/catalogue.ts';
import { explained, statusOf } from './bucket-errors.ts';
import type { Place, PlacedFile, WriteOptions } from './place.ts';

const URL_OF_BUCKET = /^gs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:\/(.*))?$/;
const NAMES_AT_ONCE = 1_000;
/** Tries of a request, and how long all of them may take together. */
const RETRIES = 6;
const RETRY_TOTAL_S = 120;
const MAX_RETRY_DELAY_S = 16;
/** Times that a file which breaks off is gone on with where it ended. */
const READ_TRIES = 6;

/** A bucket of Google Cloud Storage, or a part of it, as `gs://bucket/prefix`. Throws ARCHIVE_PLACE for no such URL. */
export function openBucket(url: string): Place {
  const [, name, path = ''] = URL_OF_BUCKET.exec(url) ?? [];
  const prefix = path.replace(/\/+$/, '');
  if (name === undefined || prefix.startsWith('/') || prefix.includes('//'))
    throw new LmsError(
      'ARCHIVE_PLACE',
      `${url} is no bucket: it should be gs://bucket or gs://bucket/prefix`,
    );
  const storage = new Storage({
    retryOptions: {
      autoRetry: true,
      maxRetries: RETRIES,
      totalTimeout: RETRY_TOTAL_S,
      maxRetryDelay: MAX_RETRY_DELAY_S,
      // None does anything twice: a write has its precondition.
      idempotencyStrategy: IdempotencyStrategy.RetryAlways,
    },
  });
  return new Bucket(url, storage.bucket(name), prefix === '' ? '' : `${prefix}/`);
}

/** Objects appear whole by themselves. Written under a precondition, none takes the place of another. */
class Bucket implements Place {
  readonly text: string;
  readonly #bucket: GoogleBucket;
  readonly #prefix: string;

  constructor(url: string, bucket: GoogleBucket, prefix: string) {
    this.text = url;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  async list(prefix: string, signal?: AbortSignal): Promise<readonly PlacedFile[]> {
    const files: PlacedFile[] = [];
    let pageToken: string | undefined;
    do {
      signal?.throwIfAborted();
      const query = {
        prefix: this.#prefix + prefix,
        autoPaginate: false,
        maxResults: NAMES_AT_ONCE,
        ...(pageToken !== undefined && { pageToken }),
      };
      const [found, next] = await this.#asked('list', prefix, () => this.#bucket.getFiles(query));
      for (const { name, metadata } of found)
        files.push({ name: name.slice(this.#prefix.length), bytes: Number(metadata.size) });
      pageToken = tokenOf(next);
    } while (pageToken !== undefined);
    return files;
  }

  async *read(name: string, signal?: AbortSignal): AsyncGenerator<Uint8Array, undefined> {
    let start = 0;
    for (let tries = 1; ; tries += 1) {
      signal?.throwIfAborted();
      try {
        for await (const chunk of this.#stream(name, start, signal)) {
          start += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        signal?.throwIfAborted();
        if (tries >= READ_TRIES || !isPassing(error)) throw this.#error('read', name, error);
      }
    }
  }

  /**
   * All of it is sent in one request, with its hash, which the service compares: memory grows by what a part takes
   * compressed. A request may be sent again, for it changes nothing where there is such a file.
   */
  async write(
    name: string,
    content: AsyncIterable<Uint8Array>,
    { replace = false, signal }: WriteOptions = {},
  ): Promise<boolean> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    const data = Buffer.concat(chunks);
    signal?.throwIfAborted();
    const file = this.#bucket.file(this.#prefix + name);
    const generation = replace ? await this.#generation(name, file) : 0;
    const md5Hash = createHash('md5').update(data).digest('base64');
    const options = {
      resumable: false,
      validation: 'crc32c',
      // Of type and not of encoding: what is encoded so, the service may hand out unpacked.
      metadata: { md5Hash, contentType: name.endsWith('.gz') ? 'application/gzip' : 'application/json' },
      preconditionOpts: { ifGenerationMatch: generation },
    };
    try {
      await file.save(data, options);
      return true;
    } catch (error) {
      if (statusOf(error) !== 412) throw this.#error('write', name, error);
      // Perhaps it was this one, and its answer was lost.
      return await this.#is(name, file, md5Hash);
    }
  }

  async remove(name: string): Promise<void> {
    const file = this.#bucket.file(this.#prefix + name);
    await this.#asked('remove', name, () => file.delete({ ignoreNotFound: true }));
  }

  removeLeftovers(): Promise<void> {
    return Promise.resolve();
  }

  async *#stream(
    name: string,
    start: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Buffer, undefined> {
    const file = this.#bucket.file(this.#prefix + name);
    // Its hashes are the manifest's to compare, in a file that is gone on with, too.
    const stream = file.createReadStream({
      validation: false,
      decompress: false,
      ...(start > 0 && { start }),
    });
    const stop = () => stream.destroy();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
    } finally {
      signal?.removeEventListener('abort', stop);
      stream.destroy();
    }
  }

  /** That of the file that is there, or 0. */
  async #generation(name: string, file: File): Promise<number | string> {
    try {
      const [{ generation = 0 }] = await file.getMetadata();
      return generation;
    } catch (error) {
      if (statusOf(error) === 404) return 0;
      throw this.#error('read', name, error);
    }
  }

  async #is(name: string, file: File, md5Hash: string): Promise<boolean> {
    const [metadata] = await this.#asked('read', name, () => file.getMetadata());
    return metadata.md5Hash === md5Hash;
  }

  async #asked<T>(doing: string, name: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw this.#error(doing, name, error);
    }
  }

  #error(doing: string, name: string, error: unknown): LmsError {
    const at = `gs://${this.#bucket.name}/${this.#prefix}${name}`;
    return new LmsError('ARCHIVE_PLACE', `cannot ${doing} ${at}: ${explained(error)}`, { cause: error });
  }
}

/** Whether a read may pass where it is gone on with: all but an answer that says no. */
function isPassing(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined || status === 408 || status === 429 || status >= 500;
}

/** The page behind the one that was answered. */
function tokenOf(query: unknown): string | undefined {
  const token =
    typeof query === 'object' && query !== null && 'pageToken' in query ? query.pageToken : undefined;
  return typeof token === 'string' && token !== '' ? token : undefined;
}
