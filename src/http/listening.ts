import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { LmsError } from '../errors/catalogue.ts';
import type { Log } from '../pipeline/ports.ts';

/** Paths of PEM files. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

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
