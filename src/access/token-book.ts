import { LmsError } from '../errors/catalogue.ts';
import { millisecondsOf } from '../query/answers/processes.ts';
import type { Grant } from './grant.ts';
import { hashOf } from './new-token.ts';
import type { TokenRecord, TokenRecords } from './records.ts';

/** From this age on the tokens are read anew while requests go on with those that are known. */
const RENEW_MS = 2_000;
/** From this age on a request waits for them: a token that was revoked is not taken for longer. */
const MAX_AGE_MS = 4_500;
/** So long the database is waited for; then it does not answer. */
const PATIENCE_MS = 2_000;
/** A database that has failed is not asked again before this. */
const LOOK_AGAIN_MS = 500;
/** While the database does not answer, tokens that are known go on for so long. */
export const OUTAGE_MS = 600_000;

interface Known {
  readonly byHash: ReadonlyMap<string, TokenRecord>;
  readonly hidden: readonly string[];
  /** The database's clock when they were read, and ours. */
  readonly nowMs: number;
  readonly readAtMs: number;
}

/** What the names of services of a namespace begin with. */
function prefixOf(namespace: string): string {
  return namespace === '' ? '' : `${namespace}/`;
}

/**
 * The tokens as the database has them, read anew as they are asked for: what was revoked or made is felt within
 * five seconds. All reject with `LmsError` if the database does not answer and nothing is known that may be
 * relied on.
 */
export class TokenBook {
  readonly #records: Pick<TokenRecords, 'tokens'>;
  readonly #now: () => number;
  #known: Known | undefined;
  #reading: Promise<void> | undefined;
  /** Absent: the last look succeeded. */
  #failure: { readonly error: Error; readonly atMs: number } | undefined;

  /** `now`: a monotonic clock in milliseconds. */
  constructor(records: Pick<TokenRecords, 'tokens'>, now: () => number) {
    this.#records = records;
    this.#now = now;
  }

  /** Whether no token was ever made. */
  async isEmpty(): Promise<boolean> {
    return (await this.#current()).byHash.size === 0;
  }

  /** What the names of services of all namespaces begin with. */
  async hidden(): Promise<readonly string[]> {
    return (await this.#current()).hidden;
  }

  /** What a secret lets its bearer do, as far as it is known without asking the database for it. */
  async known(secret: string): Promise<Grant | undefined> {
    return this.#grantOf(secret, await this.#current());
  }

  /** The same; a token that is not known is asked for. */
  async find(secret: string): Promise<Grant | undefined> {
    const known = await this.#current();
    const found = this.#grantOf(secret, known);
    if (found !== undefined || known.byHash.has(hashOf(secret))) return found;
    await this.#read();
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#grantOf(secret, await this.#current());
  }

  /** What the token of an id lets its bearer do. */
  async ofId(id: string): Promise<Grant | undefined> {
    const known = await this.#current();
    return this.#granted(
      [...known.byHash.values()].find((token) => token.id === id),
      known,
    );
  }

  #grantOf(secret: string, known: Known): Grant | undefined {
    return this.#granted(known.byHash.get(hashOf(secret)), known);
  }

  #granted(token: TokenRecord | undefined, { hidden, nowMs, readAtMs }: Known): Grant | undefined {
    if (token === undefined || token.revokedAt !== undefined) return undefined;
    const atMs = nowMs + this.#now() - readAtMs;
    if (token.expiresAt !== undefined && millisecondsOf(token.expiresAt) <= atMs) return undefined;
    const { id: tokenId, name, scopes, services, namespace } = token;
    return { name, tokenId, scopes, services, prefix: prefixOf(namespace), hidden };
  }

  async #current(): Promise<Known> {
    const ageMs = this.#ageMs();
    const isWaiting = ageMs > MAX_AGE_MS && (this.#failure === undefined || this.#known === undefined);
    if (isWaiting) await this.#read();
    else if (ageMs > RENEW_MS) void this.#read();
    if (this.#known !== undefined && this.#ageMs() <= OUTAGE_MS) return this.#known;
    throw this.#failure?.error ?? silence();
  }

  #ageMs(): number {
    return this.#known === undefined ? Infinity : this.#now() - this.#known.readAtMs;
  }

  /** One look for all who ask. Never rejects; returns when it is over, or took too long. */
  async #read(): Promise<void> {
    if (this.#failure !== undefined && this.#now() - this.#failure.atMs < LOOK_AGAIN_MS) return;
    this.#reading ??= this.#look().finally(() => {
      this.#reading = undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#failure ??= { error: silence(), atMs: this.#now() };
        resolve();
      }, PATIENCE_MS);
    });
    await Promise.race([this.#reading, tooLong]);
    clearTimeout(timer);
  }

  async #look(): Promise<void> {
    const readAtMs = this.#now();
    try {
      const { now, tokens } = await this.#records.tokens();
      const namespaces = new Set(tokens.map(({ namespace }) => namespace).filter((name) => name !== ''));
      this.#known = {
        byHash: new Map(tokens.map((token) => [token.hash, token])),
        hidden: [...namespaces].map(prefixOf),
        nowMs: millisecondsOf(now),
        readAtMs,
      };
      this.#failure = undefined;
    } catch (error) {
      this.#failure = { error: error as LmsError, atMs: this.#now() };
    }
  }
}

function silence(): LmsError {
  return new LmsError('DATABASE_UNREACHABLE', 'the database does not answer which tokens there are');
}
