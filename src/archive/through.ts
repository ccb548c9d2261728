import { Readable, type Transform } from 'node:stream';

/**
 * What a transformation makes of some bytes, as it is asked for: both sides wait for whoever reads. Rejects with
 * what either throws. Given up, both are ended.
 */
export async function* through(
  source: AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncGenerator<Buffer, undefined> {
  const readable = Readable.from(source, { objectMode: false });
  readable.on('error', (error) => transform.destroy(error));
  readable.pipe(transform);
  try {
    for await (const chunk of transform as AsyncIterable<Buffer>) yield chunk;
  } finally {
    readable.destroy();
    transform.destroy();
  }
}
