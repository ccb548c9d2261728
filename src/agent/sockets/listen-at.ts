import { once } from 'node:events';
import { chmod, lstat, rm, stat } from 'node:fs/promises';
import { connect, type ListenOptions, type Server } from 'node:net';
import { dirname } from 'node:path';
import { LmsError } from '../../errors/catalogue.ts';
import { codeOf } from '../files/faults.ts';
import { addressText, listenAtHost } from './addresses.ts';

/** Where to listen: at an address, or at the path of a socket. */
export type ListenAt = { readonly host: string; readonly port: number } | { readonly path: string };

/** Whoever may reach the directory may write: as with /dev/log. */
const SOCKET_MODE = 0o666;

/**
 * Listens. A socket that a process has left behind which ended without warning is taken over. Rejects with `LmsError`
 * LISTEN if it cannot listen there. Resolves to where it does.
 */
export async function listenAt(server: Server, at: ListenAt): Promise<string> {
  try {
    if ('path' in at) await listenAtPath(server, at.path);
    else await listenAtHost(at.host, (host) => listen(server, { host, port: at.port }));
  } catch (error) {
    throw cannotListen(at, error);
  }
  const address = server.address();
  if (typeof address === 'object' && address !== null) return addressText(address.address, address.port);
  return 'path' in at ? at.path : '';
}

/** The error of who cannot listen at an address, or at a path. */
export function cannotListen(at: ListenAt, error: unknown): LmsError {
  const where = 'path' in at ? at.path : addressText(at.host, at.port);
  const why = WHY[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
  return new LmsError('LISTEN', `cannot listen at ${where}: ${why}`, { cause: error });
}

async function listenAtPath(server: Server, path: string): Promise<void> {
  try {
    await listen(server, { path });
  } catch (error) {
    // The library says EACCES of a directory that is not there.
    if (codeOf(error) === 'EACCES') await stat(dirname(path));
    if (codeOf(error) !== 'EADDRINUSE' || (await isListenedTo(path))) throw error;
    // Connecting to a file is refused as well: what is no socket is nobody's to delete.
    if (!(await lstat(path)).isSocket())
      throw new Error('there is a file that is no socket', { cause: error });
    await rm(path, { force: true });
    await listen(server, { path });
  }
  await chmod(path, SOCKET_MODE);
}

async function listen(server: Server, at: ListenOptions): Promise<void> {
  server.listen(at);
  await once(server, 'listening');
}

function isListenedTo(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      resolve(codeOf(error) !== 'ECONNREFUSED');
    });
  });
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no host has that name',
  ENOENT: 'its directory is not there',
  ENOTDIR: 'a part of its path is no directory',
  EROFS: 'the file system is read-only',
};
