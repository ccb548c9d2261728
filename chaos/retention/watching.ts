import { setTimeout as delay } from 'node:timers/promises';
import { LmsError } from '../../src/errors/catalogue.ts';
import type { Store } from '../../src/store/store.ts';
import type { Look, Looker } from './look.ts';
import type { Writing } from './writing.ts';

/** What looks, and at what. */
export interface WatchingParts {
  /** For this alone. */
  readonly looker: Looker;
  readonly store: Store;
  readonly writing: Writing;
}

/** A database that is killed, or a node that is leaving its cluster. */
const AWAY: ReadonlySet<string> = new Set(['DATABASE_UNREACHABLE']);
/** At least, between two looks: as long as a look took, so that others get on. */
const REST_MS = 20;

/** What a look shows that must not be: rows and counts, and rows that were stored and are on no account. */
export function problemsOf(look: Look, stored: { readonly least: number; readonly most: number }): string[] {
  const accounted = look.rows + look.deleted;
  const isAccounted = accounted >= stored.least && accounted <= stored.most;
  const account = `${String(look.rows)} rows and ${String(look.deleted)} on the accounts of rules, of ${String(stored.least)} to ${String(stored.most)} that were stored`;
  return [...look.outOfStep, ...(isAccounted ? [] : [account])];
}

/** Looks all the while whether counts are in step, and all that was deleted is on an account. */
export class Watching {
  /** How often it has looked. */
  looks = 0;
  /** What was wrong in the first look that showed anything. */
  problems: readonly string[] = [];
  readonly #parts: WatchingParts;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;

  constructor(parts: WatchingParts) {
    this.#parts = parts;
    this.#loop = this.#watch();
    this.#loop.catch(() => undefined);
  }

  /** Ends it. Rejects with what ended it before. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted && this.problems.length === 0) {
      const beganAtMs = performance.now();
      const { least } = this.#parts.writing.bounds;
      const look = await this.#parts.looker.look({ withKeys: false });
      const { most } = this.#parts.writing.bounds;
      this.problems = [...problemsOf(look, { least, most }), ...(await this.#verified())];
      this.looks += 1;
      await delay(Math.max(REST_MS, performance.now() - beganAtMs));
    }
  }

  /** What the program finds itself, the sums of hours and days included; nothing while the database is away. */
  async #verified(): Promise<string[]> {
    try {
      const { agree, rollups } = await this.#parts.store.verify();
      if (agree && rollups.inUse && rollups.wrong === 0) return [];
      const sums = rollups.inUse ? `${String(rollups.wrong)} sums are wrong` : 'sums are not used';
      return [`lms verify: counts ${agree ? 'agree' : 'do not agree'}, ${sums}`];
    } catch (error) {
      if (error instanceof LmsError && AWAY.has(error.code)) return [];
      throw error;
    }
  }
}
