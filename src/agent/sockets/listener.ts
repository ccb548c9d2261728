import { createServer, type Socket } from 'node:net';
import { aborted } from '../../pipeline/clock.ts';
import { peerName } from './addresses.ts';
import type { Feed, Intake } from './feed.ts';
import { type ListenAt, listenAt } from './listen-at.ts';
import { readStream } from './read-stream.ts';

/** More at once are turned away. */
const MAX_CONNECTIONS = 4_096;
/** A peer that is silent for so long is asked whether it is there: half of a connection is none. */
const KEEP_ALIVE_MS = 60_000;

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
    const address = await listenAt(server, this.#at);
    // An error of one connection that was about to come: the others go on.
    server.on('error', () => {
      this.#broken += 1;
    });
    this.#onListening(address);
    await aborted(stop);
    server.close();
    await Promise.all(readings);
    this.#state = 'ended';
  }

  async #read(socket: Socket, intake: Intake, stop: AbortSignal): Promise<void> {
    this.#connections += 1;
    this.#state = 'reading';
    this.#open.add(socket);
    const conversation = intake.open(peerName(socket.remoteAddress));
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
