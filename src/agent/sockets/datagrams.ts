import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { aborted } from '../../pipeline/clock.ts';
import { addressText, listenAtHost, peerName } from './addresses.ts';
import type { Feed, Intake } from './feed.ts';
import { cannotListen } from './listen-at.ts';
import { droppedDatagrams } from './udp-drops.ts';

/** What the system keeps while this process is busy, if it allows so much. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** How often the system is asked what it had no room for, in milliseconds. */
const LOOK_MS = 5_000;
/** Told to stop, it takes what the system has by then, unless so much goes on coming. */
const MOST_TURNS = 1_000;

/** Listens for datagrams: each is a message. Whoever sends is not held up: what there is no room for is lost. */
export class Datagrams implements Feed {
  readonly isLossy = true;
  readonly isSyslog = true;
  readonly reason = undefined;
  readonly #host: string;
  readonly #port: number;
  readonly #onListening: (address: string) => void;
  #state: Feed['state'] = 'waiting';
  #datagrams = 0;
  #dropped = 0;

  /** `onListening`: told where, once it does. */
  constructor(at: { readonly host: string; readonly port: number }, onListening: (address: string) => void) {
    this.#host = at.host;
    this.#port = at.port;
    this.#onListening = onListening;
  }

  get state(): Feed['state'] {
    return this.#state;
  }

  get counters(): Readonly<Record<string, number>> {
    return { datagrams: this.#datagrams, datagrams_dropped: this.#dropped };
  }

  /** Rejects with `LmsError` LISTEN if it cannot listen there. */
  async run(intake: Intake, stop: AbortSignal): Promise<void> {
    const taking = new Set<Promise<void>>();
    const socket = await this.#listen((bytes, address) => {
      this.#datagrams += 1;
      this.#state = 'reading';
      const taken = intake.message(bytes, peerName(address)).finally(() => taking.delete(taken));
      taking.add(taken);
    });
    const looking = setInterval(() => void this.#lookAtDrops(socket), LOOK_MS);
    await aborted(stop);
    clearInterval(looking);
    await this.#takeRest();
    await this.#lookAtDrops(socket);
    socket.close();
    await Promise.all(taking);
    this.#state = 'ended';
  }

  /** Until none has come for two turns of the event loop. */
  async #takeRest(): Promise<void> {
    let before = -1;
    for (let turn = 0; turn < MOST_TURNS && before !== this.#datagrams; turn += 1) {
      before = this.#datagrams;
      await setImmediate();
      await setImmediate();
    }
  }

  async #lookAtDrops(socket: Socket): Promise<void> {
    this.#dropped = (await droppedDatagrams(socket.address())) ?? this.#dropped;
  }

  async #listen(onMessage: (bytes: Buffer, address: string) => void): Promise<Socket> {
    let socket: Socket | undefined;
    const listen = async (host: string) => {
      socket = await bound(host, this.#port, onMessage);
    };
    try {
      await listenAtHost(this.#host, listen);
    } catch (error) {
      throw cannotListen({ host: this.#host, port: this.#port }, error);
    }
    if (socket === undefined) throw new TypeError('nothing was bound');
    const { address, port } = socket.address();
    this.#onListening(addressText(address, port));
    return socket;
  }
}

/** A socket that receives. Rejects as the system refuses it. */
async function bound(
  host: string,
  port: number,
  onMessage: (bytes: Buffer, address: string) => void,
): Promise<Socket> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  socket.on('message', (bytes, { address }) => {
    onMessage(bytes, address);
  });
  try {
    socket.bind({ address: host, port });
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', () => undefined);
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch {
    // It is as large as the system has it.
  }
  return socket;
}
