import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { LmsError } from '../errors/catalogue.ts';
import type { Log } from '../pipeline/ports.ts';

/** What a page says. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Makes an answer, anew for every request. */
export type Page = () => Answer | Promise<Answer>;

/** Pages on a port. */
export interface HealthServer {
  /** Cuts connections that are open. */
  close(): Promise<void>;
}

const METHODS = ['GET', 'HEAD'];

/**
 * Serves the pages, by path, to GET and HEAD, without keeping the process alive. Rejects with `LmsError`
 * SETTINGS if the address cannot be listened on. A page that fails is a 500 and a log line; the worker
 * goes on.
 */
export async function startHealthServer(
  { host, port }: { readonly host: string; readonly port: number },
  pages: ReadonlyMap<string, Page>,
  log: Log,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answerTo(request, pages, log).then((answer) => {
      respond(response, answer);
    });
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(`${host}:${port}`, error);
  }
  server.unref();
  server.on('error', (error) => {
    log.warn({ reason: error.message }, 'a connection to the health port failed');
  });
  return {
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answerTo(
  { url = '', method = '' }: IncomingMessage,
  pages: ReadonlyMap<string, Page>,
  log: Log,
): Promise<Answer> {
  const [path = ''] = url.split('?');
  const page = pages.get(path);
  if (page === undefined) return plain(404, `not found; there are ${[...pages.keys()].join(', ')}`);
  if (!METHODS.includes(method)) return plain(405, `only ${METHODS.join(' and ')} are allowed`);
  try {
    return await page();
  } catch (error) {
    log.error({ path, reason: String(error) }, 'a health page failed');
    return plain(500, 'this page failed; the log of the worker says why');
  }
}

function plain(status: number, line: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${line}\n` };
}

/** Node sends no body with the answer to a HEAD. */
function respond(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(status === 405 && { allow: METHODS.join(', ') }),
  });
  response.end(body);
}

function cannotListen(address: string, error: unknown): LmsError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason = code === 'EADDRINUSE' ? 'another program listens there' : String(error);
  return new LmsError('SETTINGS', `HEALTH_PORT: cannot listen on ${address}: ${reason}`, { cause: error });
}
