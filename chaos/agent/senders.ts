import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Draw } from '../draw.ts';

const MOST_LINES = 20;
const MOST_PAUSE_MS = 20;
const AGAIN_MS = 50;

/** Some programs that send numbered lines by TCP at once, cut anywhere, and know only what they have written. */
export class Senders {
  readonly #senders: readonly Sender[];

  constructor(port: number, draws: readonly Draw[]) {
    this.#senders = draws.map((draw, number) => new Sender(port, number, draw));
  }

  /** All lines so far. */
  get lines(): string[] {
    return this.#senders.flatMap(({ lines }) => lines);
  }

  /** They connect, as soon as somebody listens, and write until the connection ends or they are to pause. */
  start(): void {
    for (const sender of this.#senders) sender.start();
  }

  /** Resolves once none is in the midst of a line; they write no more until they are started again. */
  async pause(): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.pause()));
  }

  /** Resolves once no connection is open any more: that to a process which has ended. */
  async disconnected(): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.disconnected()));
  }

  /** What was written and was not taken by the process that has ended is written again. */
  sendAgain(taken: ReadonlySet<string>): void {
    for (const sender of this.#senders) sender.sendAgain(taken);
  }

  /** Writes what there is to be written again, and ends the connections behind it. */
  async finish(): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.finish()));
  }
}

/** One of them. */
class Sender {
  readonly lines: string[] = [];
  readonly #port: number;
  readonly #number: number;
  readonly #draw: Draw;
  /** Lines that were given to a connection and are not known to be taken. */
  #written: string[] = [];
  #again: string[] = [];
  #socket: Socket | undefined;
  #closed: Promise<unknown> = Promise.resolve();
  #pausing = false;
  #work: Promise<void> = Promise.resolve();

  constructor(port: number, number: number, draw: Draw) {
    this.#port = port;
    this.#number = number;
    this.#draw = draw;
  }

  start(): void {
    this.#pausing = false;
    this.#work = this.#writeUntilPaused();
  }

  async pause(): Promise<void> {
    this.#pausing = true;
    await this.#work;
  }

  async disconnected(): Promise<void> {
    await this.pause();
    await this.#closed;
  }

  sendAgain(taken: ReadonlySet<string>): void {
    this.#again.push(...this.#written.filter((line) => !taken.has(line)));
    this.#written = [];
  }

  async finish(): Promise<void> {
    await this.pause();
    const socket = await this.#connected(() => false);
    if (socket === undefined) return;
    for (let line = this.#again.shift(); line !== undefined; line = this.#again.shift())
      await this.#write(socket, [line]);
    socket.end();
    await this.#closed;
  }

  async #writeUntilPaused(): Promise<void> {
    const socket = await this.#connected(() => this.#pausing);
    while (socket?.writable === true && !this.#pausing) {
      const count = this.#draw.whole(1, MOST_LINES);
      await this.#write(
        socket,
        Array.from({ length: count }, () => this.#again.shift() ?? this.#line()),
      );
      await delay(this.#draw.whole(0, MOST_PAUSE_MS));
    }
  }

  #line(): string {
    const filler = 'y'.repeat(this.#draw.whole(0, 200));
    const line = `sender ${String(this.#number)} line ${String(this.lines.length)} ${filler}.`;
    this.lines.push(line);
    return line;
  }

  /** Whole lines in pieces that end anywhere: each is taken down before any of it is on its way. */
  async #write(socket: Socket, lines: readonly string[]): Promise<void> {
    this.#written.push(...lines);
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    for (let at = 0; at < bytes.length && socket.writable;) {
      const end = Math.min(bytes.length, at + this.#draw.whole(1, 1_500));
      if (!socket.write(bytes.subarray(at, end)))
        await Promise.race([once(socket, 'drain'), this.#closed]).catch(() => undefined);
      if (this.#draw.chance(0.2)) await delay(1);
      at = end;
    }
  }

  /** The connection that is open, or a new one as soon as somebody listens. */
  async #connected(isOver: () => boolean): Promise<Socket | undefined> {
    while (!isOver()) {
      if (this.#socket?.writable === true) return this.#socket;
      const socket = connect(this.#port, '127.0.0.1');
      try {
        await once(socket, 'connect');
      } catch {
        await delay(AGAIN_MS);
        continue;
      }
      socket.on('error', () => undefined);
      // Nothing is said to it: but an end is only seen by who reads.
      socket.resume();
      this.#socket = socket;
      // An error comes before it, and is none to who waits for the end.
      this.#closed = new Promise((resolve) => socket.once('close', resolve));
      return socket;
    }
    return undefined;
  }
}
