import { setTimeout as sleep } from 'node:timers/promises';
import type { SslOptions } from 'mysql2';
import { LmsError } from '../../../errors/catalogue.ts';
import { unlessAborted } from '../../../pipeline/clock.ts';
import type { Log } from '../../../pipeline/ports.ts';
import type { MySqlTarget } from '../../connection-target.ts';
import { leavesConnectionUsable } from '../errors/classify.ts';
import { ConnectError } from '../errors/driver-error.ts';
import { Connector } from './connect.ts';
import { Servers, type ServersOptions } from './servers.ts';
import type { Session } from './session.ts';
import { SilenceWatch } from './silence-watch.ts';

/** How long `close` waits for the server to end the connections. */
const CLOSE_TIMEOUT_MS = 2_000;

/** What a pool needs besides its target. */
export interface PoolOptions extends ServersOptions {
  readonly log: Log;
  /** How many sessions there may be at once. */
  readonly connections: number;
}

/**
 * A bounded number of sessions, opened when they are needed. Rejects with mysql2's own errors, with a
 * `ConnectError`, or with what `Session.start` says.
 */
export class Pool {
  readonly #connector: Connector;
  readonly #servers: Servers;
  /** Only where there is another server to go to. */
  readonly #silence: SilenceWatch | undefined;
  /** Those that are connected: idle ones and those that are lent. */
  readonly #live = new Set<Session>();
  #idle: Session[] = [];
  /** How many more may be lent. */
  #free: number;
  readonly #waiting: (() => void)[] = [];
  /** Those under way. */
  readonly #kills = new Set<Promise<void>>();
  #closed: Promise<void> | undefined;

  constructor(target: MySqlTarget, ssl: SslOptions | undefined, options: PoolOptions) {
    this.#connector = new Connector(target, ssl, options.log);
    this.#servers = new Servers(target.addresses, this.#connector, options);
    if (target.addresses.length > 1) this.#silence = new SilenceWatch(this.#connector);
    this.#free = options.connections;
  }

  /**
   * Lends a session to `work`, alone. After an error the session comes back without a transaction, or not at
   * all.
   */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.acquire();
    try {
      const result = await work(session);
      this.release(session);
      return result;
    } catch (error) {
      await this.#abandon(session, error);
      throw error;
    }
  }

  /**
   * As `use`, for as long as the signal is not aborted: then it rejects with its reason, and what runs on the
   * session is ended, on the server too.
   */
  async useUntil<T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    const acquiring = this.acquire();
    const session = await unlessAborted(() => acquiring, signal).catch((error: unknown) => {
      // Whoever waits no longer gives back what comes in the end.
      void acquiring.then(
        (late) => {
          this.release(late);
        },
        () => undefined,
      );
      throw error;
    });
    try {
      const result = await unlessAborted(() => work(session), signal);
      this.release(session);
      return result;
    } catch (error) {
      if (signal.aborted) this.#interrupt(session);
      else await this.#abandon(session, error);
      throw error;
    }
  }

  /** Lends a session until `release` or `discard`; waits while all are lent. */
  async acquire(): Promise<Session> {
    await this.#turn();
    try {
      this.#refuseIfClosed();
      const session = this.#idle.pop() ?? (await this.#open());
      this.#silence?.begin(session);
      return session;
    } catch (error) {
      this.#endTurn();
      throw error;
    }
  }

  /** Takes back a session that has no open transaction; cuts it if a stream of it was left. */
  release(session: Session): void {
    this.#silence?.end(session);
    if (session.isStreaming) {
      this.discard(session);
      return;
    }
    if (this.#live.has(session) && this.#closed === undefined) this.#idle.push(session);
    this.#endTurn();
  }

  /**
   * Takes back a session in an unknown state: the server rolls back whatever was open in it. Idle ones go
   * too: what ended this one, as that the server is read-only now, may well have ended them.
   */
  discard(session: Session): void {
    this.#silence?.end(session);
    for (const each of [session, ...this.#idle]) this.#cut(each);
    this.#endTurn();
  }

  /** Ends all connections as the protocol has it; cuts those that do not end in time. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #open(): Promise<Session> {
    const session = await this.#servers.open().catch((error: unknown) => {
      throw error instanceof LmsError ? error : new ConnectError(error);
    });
    this.#live.add(session);
    const forget = () => {
      this.#forget(session);
    };
    session.connection.once('end', forget).once('error', forget);
    if (this.#closed === undefined) return session;
    this.#cut(session);
    throw closedError();
  }

  #cut(session: Session): void {
    this.#forget(session);
    session.connection.destroy();
  }

  /** A server goes on with a statement whose client has gone: another connection tells it to stop. */
  #interrupt(session: Session): void {
    this.#silence?.end(session);
    // What waits for an answer on it may never hear that it was cut.
    this.#cut(session);
    this.#endTurn();
    const killed = this.#connector.kill(session.connection).catch(() => undefined);
    this.#kills.add(killed);
    void killed.then(() => this.#kills.delete(killed));
  }

  #forget(session: Session): void {
    this.#live.delete(session);
    this.#idle = this.#idle.filter((each) => each !== session);
  }

  async #turn(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #endTurn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }

  #refuseIfClosed(): void {
    if (this.#closed !== undefined) throw closedError();
  }

  async #abandon(session: Session, error: unknown): Promise<void> {
    if (!leavesConnectionUsable(error)) {
      this.discard(session);
      return;
    }
    try {
      await session.run('ROLLBACK');
      this.release(session);
    } catch {
      this.discard(session);
    }
  }

  async #end(): Promise<void> {
    this.#silence?.close();
    const ended = Promise.all([...[...this.#live].map(goodbye), ...this.#kills]);
    await Promise.race([ended, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    this.#connector.cutAll();
  }
}

/** Once what the session has been asked to do is done. */
function goodbye({ connection }: Session): Promise<void> {
  return new Promise((resolve) => {
    connection.end(() => {
      resolve();
    });
  });
}

function closedError(): Error {
  return Object.assign(new Error('the store is closed'), { code: 'STORE_CLOSED' });
}
