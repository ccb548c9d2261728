import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { LmsError } from '../../errors/catalogue.ts';
import { aborted } from '../../pipeline/clock.ts';
import type { Feed, Intake } from './feed.ts';
import { whyNot } from './listener.ts';

/** What the system keeps while this process is busy, if it allows so much. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

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
    return { datagrams: this.#datagrams };
  }

  /** Rejects with `LmsError` LISTEN if it cannot listen there. */
  async run(intake: Intake, stop: AbortSignal): Promise<void> {
    const socket = createSocket(isIPv6(this.#host) ? 'udp6' : 'udp4');
    const taking = new Set<Promise<void>>();
    socket.on('message', (bytes, { address }) => {
      this.#datagrams += 1;
      this.#state = 'reading';
      const taken = intake.message(bytes, address).finally(() => taking.delete(taken));
      taking.add(taken);
    });
    await this.#bind(socket);
    socket.on('error', () => undefined);
    await aborted(stop);
    socket.close();
    await Promise.all(taking);
    this.#state = 'ended';
  }

  async #bind(socket: Socket): Promise<void> {
    try {
      socket.bind({ address: this.#host, port: this.#port });
      await once(socket, 'listening');
    } catch (error) {
      throw new LmsError('LISTEN', `cannot listen at ${this.#host}:${this.#port}: ${whyNot(error)}`, {
        cause: error,
      });
    }
    try {
      socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    } catch {
      // It is as large as the system has it.
    }
    const { address, port } = socket.address();
    this.#onListening(`${address}:${port}`);
  }
}
