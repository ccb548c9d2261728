import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../pipeline/ports.ts';

/** Its content type. */
export const EVENT_STREAM = 'text/event-stream; charset=utf-8';

/** What keeps proxies from holding a stream of events back, or packing it. */
export const STREAM_HEADERS = {
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  // Nobody needs the connection after a stream that goes on until somebody leaves.
  connection: 'close',
};

/** What is on its way to whoever reads has so long when the server stops. */
const STOP_GRACE_MS = 500;

/** One event. Its data is one line. */
export function eventText(kind: string, id: string, data: string): string {
  return 'id: ' + id + '\nevent: ' + kind + '\ndata: ' + data + '\n\n';
}

/**
 * Sends pieces as they come, past the library: nothing is read ahead, and no piece is taken from the body before the
 * one before it is on its way. Ends with the body, or when whoever asked has gone.
 */
export function sendEvents(
  body: AsyncIterable<string>,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { log, stop }: { readonly log: Log; readonly stop: AbortSignal },
): FastifyReply {
  const { raw } = reply;
  reply.hijack();
  raw.writeHead(reply.statusCode, definedHeaders(reply));
  raw.flushHeaders();
  if (request.method === 'HEAD') raw.end();
  endSoonAfter(stop, raw);
  void writeAll(body, raw)
    .catch((err: unknown) => {
      if (!raw.destroyed) log.error({ requestId: request.id, err }, 'a stream of events was cut off');
    })
    .finally(() => {
      raw.end();
    });
  return reply;
}

/** Whoever does not read what was sent to him does not keep a server from ending. */
function endSoonAfter(stop: AbortSignal, response: ServerResponse): void {
  const onStop = () => {
    setTimeout(() => {
      if (!response.writableFinished) response.destroy();
    }, STOP_GRACE_MS).unref();
  };
  stop.addEventListener('abort', onStop);
  response.once('close', () => {
    stop.removeEventListener('abort', onStop);
  });
}

async function writeAll(body: AsyncIterable<string>, response: ServerResponse): Promise<void> {
  // Also where a write waits for room: `drain` never comes on a connection that is closed.
  const leaving = new AbortController();
  response.once('close', () => {
    leaving.abort();
  });
  for await (const piece of body) {
    if (response.writableEnded || response.destroyed) return;
    if (response.write(piece)) continue;
    await once(response, 'drain', { signal: leaving.signal }).catch((error: unknown) => {
      if (!leaving.signal.aborted) throw error;
    });
  }
}

function definedHeaders(reply: FastifyReply): Record<string, string | number | string[]> {
  const headers = Object.entries(reply.getHeaders());
  return Object.fromEntries(headers.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
