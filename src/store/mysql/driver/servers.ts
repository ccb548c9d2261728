import type { Connection } from 'mysql2';
import { addressText, type MySqlAddress } from '../../connection-target.ts';
import { classify } from '../errors/classify.ts';
import { driverError } from '../errors/driver-error.ts';
import type { Connector } from './connect.ts';
import { Session, type StatementLimits } from './session.ts';
import { whyNotReadable, whyNotWritable } from './suitable.ts';

/** For the only server there is. */
const CONNECT_TIMEOUT_MS = 10_000;
/** For one of several, until it is known to be of use: about ten round trips. */
const TRY_TIMEOUT_MS = 3_000;

/** What else is to be known of the servers. */
export interface ServersOptions extends StatementLimits {
  /** What the sessions are for: of several servers, one that cannot do it is passed over. */
  readonly purpose: Purpose;
}

type Purpose = 'writes' | 'reads';

/**
 * Opens sessions on the first of several servers that answers and takes writes, or lets itself be read, and
 * stays with it until that ends.
 */
export class Servers {
  readonly #addresses: readonly MySqlAddress[];
  readonly #connector: Connector;
  readonly #options: ServersOptions;
  #current = 0;

  constructor(addresses: readonly MySqlAddress[], connector: Connector, options: ServersOptions) {
    this.#addresses = addresses;
    this.#connector = connector;
    this.#options = options;
  }

  /**
   * Rejects with mysql2's own errors; if the servers fail in different ways, with an error of the code
   * NO_SERVER that names each.
   */
  async open(): Promise<Session> {
    const [only, ...others] = this.#addresses;
    if (only !== undefined && others.length === 0) return this.#start(only, CONNECT_TIMEOUT_MS);
    const first = this.#current;
    const failures: Failure[] = [];
    for (let tries = 0; tries < this.#addresses.length; tries += 1) {
      const index = (first + tries) % this.#addresses.length;
      const address = this.#addresses[index];
      if (address === undefined) continue;
      try {
        const session = await this.#try(address);
        this.#current = index;
        return session;
      } catch (error) {
        failures.push({ address, error });
      }
    }
    throw summary(failures, this.#options.purpose);
  }

  async #start(address: MySqlAddress, timeoutMs: number): Promise<Session> {
    const connection = await this.#connector.connect(address, timeoutMs);
    return startSession(connection, this.#options);
  }

  /** A session on a server that is of use, in time. */
  async #try(address: MySqlAddress): Promise<Session> {
    const startedMs = performance.now();
    const connection = await this.#connector.connect(address, TRY_TIMEOUT_MS);
    const leftMs = Math.max(1, TRY_TIMEOUT_MS - (performance.now() - startedMs));
    return inTime(connection, leftMs, async () => {
      const session = await startSession(connection, this.#options);
      const whyNot = this.#options.purpose === 'writes' ? whyNotWritable : whyNotReadable;
      const reason = await whyNot(session);
      if (reason !== undefined) throw new OfNoUse(reason);
      return session;
    });
  }
}

async function startSession(connection: Connection, limits: StatementLimits): Promise<Session> {
  try {
    return await Session.start(connection, limits);
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/**
 * The outcome of `work` on the connection; if it takes longer than `timeoutMs`, or fails, the connection is
 * cut.
 */
async function inTime<T>(connection: Connection, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
  }, timeoutMs);
  try {
    return await Promise.race([work(), late.promise]);
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A server that answers, but takes no writes or cannot be read. */
class OfNoUse extends Error {
  override readonly name = 'OfNoUse';
}

interface Failure {
  readonly address: MySqlAddress;
  readonly error: unknown;
}

/** One error for all servers: their own, if they fail alike or if none of them may be better off later. */
function summary(failures: readonly Failure[], purpose: Purpose): unknown {
  const [first] = failures;
  const codes = new Set(failures.map(({ error }) => driverError(error).code));
  const isAlike = codes.size === 1 && !(first?.error instanceof OfNoUse);
  if (isAlike || failures.every(({ error }) => isFinal(error))) return first?.error;
  const each = failures.map(({ address, error }) => `${addressText(address)} ${reasonOf(error)}`);
  const lack = purpose === 'writes' ? 'no MySQL server takes writes' : 'no MySQL server can be read';
  return Object.assign(new Error(`${lack}: ${each.join('; ')}`), { code: 'NO_SERVER' });
}

function isFinal(error: unknown): boolean {
  return !(error instanceof OfNoUse) && classify(driverError(error)) !== 'transient';
}

function reasonOf(error: unknown): string {
  return error instanceof OfNoUse ? error.message : `fails (${driverError(error).code})`;
}
