import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { LmsError } from '../errors/catalogue.ts';
import type { Log } from '../pipeline/ports.ts';

/** Paths of PEM files. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** A request that is on its way when the server begins to close is read within this time. */
const SILENCE_MS = 500;

/** How often it is looked whether a certificate was renewed. */
const LOOK_MS = 5_000;

/**
 * A server of HTTP, by TLS if there are files for it: certificates that are renewed are taken as they come.
 * Throws SETTINGS for files that cannot be read or used.
 */
export function createHttpServer(
  listener: RequestListener,
  options: ServerOptions,
  { tls, log }: { readonly tls: TlsFiles | undefined; readonly log: Log },
): Server {
  if (tls === undefined) return createServer(options, listener);
  const secure = created(() => createTlsServer({ ...options, ...contents(tls) }, listener));
  const renew = () => {
    try {
      secure.setSecureContext(contents(tls));
      log.info({}, 'the certificate was renewed');
    } catch (err) {
      log.warn({ err }, 'the certificate that there is now cannot be used: the one before stays');
    }
  };
  for (const file of [tls.cert, tls.key]) watchFile(file, { interval: LOOK_MS, persistent: false }, renew);
  secure.once('close', () => {
    for (const file of [tls.cert, tls.key]) unwatchFile(file, renew);
  });
  return secure;
}

/**
 * Ends, a moment after it is called, connections that no request ever came by: browsers open some that they may
 * need, and a server that closes waits for them as for those with a request.
 */
export function silentConnections(server: Server, isSecure: boolean): () => void {
  const silent = new Set<Socket>();
  server.on(isSecure ? 'secureConnection' : 'connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }) => silent.delete(socket));
  return () => {
    setTimeout(() => {
      for (const socket of silent) socket.destroy();
    }, SILENCE_MS).unref();
  };
}

function contents({ cert, key }: TlsFiles): { readonly cert: Buffer; readonly key: Buffer } {
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

function created<T>(create: () => T): T {
  try {
    return create();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LmsError('SETTINGS', `TLS_CERT, TLS_KEY: they cannot be used: ${reason}`, { cause });
  }
}
