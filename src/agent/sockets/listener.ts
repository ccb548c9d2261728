import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { LmsError } from '../../errors/catalogue.ts';
import { aborted } from '../../pipeline/clock.ts';
import type { Feed, Intake } from './feed.ts';
import { readStream } from './stream-feed.ts';

/** Where to listen: at an address, or at the path of a socket. */
export type ListenAt = { readonly host: string; readonly port: number } | { readonly path: string };

/** More at once are turned away. */
const MAX_CONNECTIONS = 4_096;
/** A peer that is silent for so long is asked whether it is there: half of a connection is none. */
const KEEP_ALIVE_MS = 60_000;
/** Whoever may reach the directory may write: as with /dev/log. */
const SOCKET_MODE = 0o666;

/** Listens for connections, by TCP or at a path: each of them says lines, or messages of syslog. */
export class Listener implements Feed {
  readonly isLossy = false;
  readonly isSyslog = true;
  readonly #at: ListenAt;
  readonly #onListening: (address: string) => void;
  readonly #open = new Set<Socket>();
  #state: Feed['state'] = 'waiting';
  #connections = 0;
  #turnedAway = 0;
  #broken = 0;

  /** `onListening`: told where, once it does. */
  constructor(at: ListenAt, onListening: (address: string) => void) {
    this.#at = at;
    this.#onListening = onListening;
  }

  get state(): Feed['state'] {
    return this.#state;
  }

  readonly reason = undefined;

  get counters(): Readonly<Record<string, number>> {
    return {
      connections: this.#connections,
      open_connections: this.#open.size,
      connections_turned_away: this.#turnedAway,
      connections_broken: this.#broken,
    };
  }

  /** Rejects with `LmsError` LISTEN if it cannot listen there. */
  async run(intake: Intake, stop: AbortSignal): Promise<void> {
    const readings = new Set<Promise<void>>();
    const server = createServer({ keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) => {
      const reading = this.#read(socket, intake, stop).finally(() => readings.delete(reading));
      readings.add(reading);
    });
    server.maxConnections = MAX_CONNECTIONS;
    server.on('drop', () => {
      this.#turnedAway += 1;
    });
    await listenAt(server, this.#at);
    // An error of one connection that was about to come: the others go on.
    server.on('error', () => {
      this.#broken += 1;
    });
    this.#onListening(addressOf(server, this.#at));
    await aborted(stop);
    server.close();
    await Promise.all(readings);
    this.#state = 'ended';
  }

  async #read(socket: Socket, intake: Intake, stop: AbortSignal): Promise<void> {
    this.#connections += 1;
    this.#state = 'reading';
    this.#open.add(socket);
    const conversation = intake.open(socket.remoteAddress);
    try {
      await readStream(socket, stop, (bytes) => intake.push(conversation, bytes));
    } catch {
      this.#broken += 1;
    } finally {
      this.#open.delete(socket);
      await intake.close(conversation);
    }
  }
}

async function listenAt(server: Server, at: ListenAt): Promise<void> {
  try {
    await listen(server, at);
  } catch (error) {
    if (!('path' in at) || codeOf(error) !== 'EADDRINUSE' || (await isListenedTo(at.path)))
      throw cannot(at, error);
    // What is left of a process that ended without warning.
    await rm(at.path, { force: true });
    await listen(server, at).catch((again: unknown) => {
      throw cannot(at, again);
    });
  }
  if ('path' in at) await chmod(at.path, SOCKET_MODE);
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

function addressOf(server: Server, at: ListenAt): string {
  const address = server.address();
  if (typeof address === 'object' && address !== null) return `${address.address}:${address.port}`;
  return 'path' in at ? at.path : '';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function cannot(at: ListenAt, error: unknown): LmsError {
  const where = 'path' in at ? at.path : `${at.host}:${at.port}`;
  return new LmsError('LISTEN', `cannot listen at ${where}: ${whyNot(error)}`, { cause: error });
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EACCES: 'this user may not',
  EADDRNOTAVAIL: 'this machine has no such address',
};

/** Why a socket cannot be opened, in words. */
export function whyNot(error: unknown): string {
  return WHY[String(codeOf(error))] ?? (error instanceof Error ? error.message : String(error));
}
