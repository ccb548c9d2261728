import { connect, type Socket } from 'node:net';
import { LmsError } from '../../errors/catalogue.ts';
import { backoffMs } from '../../pipeline/backoff.ts';
import { pause } from '../../pipeline/clock.ts';
import type { Clock } from '../../pipeline/ports.ts';
import type { Feed, Intake } from './feed.ts';
import { readStream } from './read-stream.ts';

/** To whom to connect. */
export interface TcpFeedOptions {
  readonly host: string;
  readonly port: number;
  /** Whether to connect again when the connection ends or fails. */
  readonly reconnect: boolean;
  readonly clock: Clock;
}

const BACKOFF = { baseMs: 500, capMs: 30_000 };
const CONNECT_TIMEOUT_MS = 30_000;
/** A peer that is silent for so long is asked whether it is there. */
const KEEP_ALIVE_MS = 60_000;

/** A server of lines: connects to it, and reads until it closes the connection. */
export class TcpFeed implements Feed {
  readonly isLossy = false;
  readonly isSyslog = false;
  readonly #options: TcpFeedOptions;
  #state: Feed['state'] = 'waiting';
  #reason: string | undefined;
  #connections = 0;

  constructor(options: TcpFeedOptions) {
    this.#options = options;
  }

  get state(): Feed['state'] {
    return this.#state;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  get counters(): Readonly<Record<string, number>> {
    return { connections: this.#connections };
  }

  /** Rejects with `LmsError` INPUT if it fails and is not to connect again. */
  async run(intake: Intake, stop: AbortSignal): Promise<void> {
    const { host, port, reconnect, clock } = this.#options;
    for (let attempt = 0; !stop.aborted; attempt += 1) {
      const before = this.#connections;
      try {
        await this.#read(intake, stop);
        this.#state = 'waiting';
        if (!reconnect) return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (!reconnect)
          throw new LmsError('INPUT', `cannot read tcp://${host}:${port}: ${reason}`, { cause: error });
        this.#state = 'failing';
        this.#reason = reason;
      }
      if (this.#connections > before) attempt = 0;
      await pause(clock, backoffMs(attempt, BACKOFF), stop).catch(() => undefined);
    }
  }

  async #read(intake: Intake, stop: AbortSignal): Promise<void> {
    const { host, port } = this.#options;
    const socket = connect({ host, port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    limitConnecting(socket);
    const conversation = intake.open(undefined);
    socket.once('connect', () => {
      this.#connections += 1;
      this.#state = 'reading';
      this.#reason = undefined;
    });
    try {
      await readStream(socket, stop, (bytes) => intake.push(conversation, bytes));
    } finally {
      await intake.close(conversation);
    }
  }
}

function limitConnecting(socket: Socket): void {
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
    if (socket.connecting) socket.destroy(new Error('nobody answers'));
  });
  socket.once('connect', () => {
    socket.setTimeout(0);
  });
}
