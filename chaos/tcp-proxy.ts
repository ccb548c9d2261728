import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { CommitCut, type CommitMoment } from './commit-cut.ts';
import { Lane } from './lane.ts';
import type { Direction, Link, Watcher } from './link.ts';

/** A network between clients and one server that fails on request. */
export class TcpProxy implements AsyncDisposable {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #watchers = new Set<Watcher>();
  #delayMs = 0;
  #silent = false;

  private constructor(host: string, port: number) {
    this.#target = { host, port };
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
      this.#accept(client);
    });
  }

  static async start(host: string, port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(host, port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `127.0.0.1:${String(this.port)}`;
  }

  /** Cuts every connection; returns how many there were. */
  cut(): number {
    const count = this.#links.size;
    for (const link of this.#links) link.cut();
    return count;
  }

  /**
   * Lets `bytes` more pass on the next connection that sends something in this direction, then cuts it:
   * between any two bytes. Resolves to whether it happened before `over`.
   */
  cutAfter(bytes: number, direction: Direction, over: AbortSignal): Promise<boolean> {
    let chosen: Link | undefined;
    let left = bytes;
    return this.#watch(over, (link, sent, chunk) => {
      if (sent !== direction || (chosen !== undefined && chosen !== link && this.#links.has(chosen)))
        return false;
      if (chosen !== link) left = bytes;
      chosen = link;
      if (chunk.length < left) {
        left -= chunk.length;
        return false;
      }
      link.cutAfterSending(chunk.subarray(0, left), direction);
      return true;
    });
  }

  /**
   * Cuts a connection to MySQL at the given moment of its next COMMIT. Resolves to whether it happened before
   * `over`.
   */
  cutCommit(moment: CommitMoment, over: AbortSignal): Promise<boolean> {
    const cut = new CommitCut(moment);
    return this.#watch(over, (link, direction, bytes) => cut.passing(link, direction, bytes));
  }

  /** From now on everything arrives so much later. */
  delay(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /**
   * From now on nothing arrives, in either direction, and nobody is told: what a half-open connection looks
   * like.
   */
  silence(): void {
    this.#silent = true;
    this.#pumpAll();
  }

  /** Everything that was held back arrives. */
  resume(): void {
    this.#silent = false;
    this.#pumpAll();
  }

  /** From now on nothing goes wrong. */
  heal(): void {
    this.#delayMs = 0;
    this.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    const server = connect({ ...this.#target, noDelay: true, allowHalfOpen: true });
    const weather = { delayMs: () => this.#delayMs, silent: () => this.#silent };
    const link: Link = {
      client,
      server,
      lanes: {
        'to the server': new Lane(client, server, weather),
        'to the client': new Lane(server, client, weather),
      },
      cut: () => {
        this.#links.delete(link);
        client.destroy();
        server.destroy();
      },
      cutAfterSending: (last, direction) => {
        this.#links.delete(link);
        const [from, to] = direction === 'to the server' ? [client, server] : [server, client];
        from.destroy();
        to.end(last, () => to.destroy());
      },
    };
    this.#links.add(link);
    this.#listen(link, client, 'to the server');
    this.#listen(link, server, 'to the client');
  }

  #listen(link: Link, from: Socket, direction: Direction): void {
    from.on('data', (bytes: Buffer) => {
      if (!this.#links.has(link)) return;
      for (const watcher of this.#watchers) if (watcher.passing(link, direction, bytes)) return;
      link.lanes[direction].forward(bytes);
    });
    from.on('error', () => from.destroy());
    from.on('end', () => {
      link.lanes[direction].end();
    });
    from.on('close', (failed) => {
      if (failed) link.cut();
      else link.lanes[direction].end();
      if (link.client.destroyed && link.server.destroyed) this.#links.delete(link);
    });
  }

  /** Lets `passing` look at everything until it says that it did what it wanted, or until `over`. */
  #watch(over: AbortSignal, passing: Watcher['passing']): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (done: boolean) => {
        this.#watchers.delete(watcher);
        over.removeEventListener('abort', abandoned);
        resolve(done);
      };
      const abandoned = () => {
        end(false);
      };
      const watcher: Watcher = {
        passing(link, direction, bytes) {
          const done = passing(link, direction, bytes);
          if (done) end(true);
          return done;
        },
      };
      if (over.aborted) {
        resolve(false);
        return;
      }
      over.addEventListener('abort', abandoned);
      this.#watchers.add(watcher);
    });
  }

  #pumpAll(): void {
    for (const { lanes } of this.#links) for (const lane of Object.values(lanes)) lane.pump();
  }
}
