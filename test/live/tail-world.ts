import type { FollowPorts, Found } from '../../src/live/follow.ts';
import type { EventRange } from '../../src/live/tail-event.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { eventOf, type ModelEntry, ModelServer, ModelTail, type Received, timeOf } from './model-server.ts';

const EPOCH_MS = Date.parse('2026-11-25T14:00:00Z');
/** Servers look so far around what they do not know. */
const SLACK_MS = 60_000;
const HEARTBEAT_MS = 10_000;
const PAGE = 7;

/** What a failing open rejects with. */
export class Refused extends Error {
  readonly isFinal: boolean;

  constructor(isFinal: boolean) {
    super('refused');
    this.isFinal = isFinal;
  }
}

/** Publishers, two servers behind a round robin, workers and a database: the ports of whoever follows. */
export class TailWorld implements FollowPorts<ModelEntry> {
  readonly clock: FakeClock;
  readonly random: () => number;
  readonly published: ModelEntry[] = [];
  readonly servers: readonly ModelServer[];
  /** The entries that servers handed over, each connection's in its server's order. */
  readonly handed: string[] = [];
  readonly #stored = new Set<ModelEntry>();
  #opened = 0;
  #epochs = 0;
  /** Workers write nothing up to then. */
  storesFromMs = 0;
  /** The database answers nobody up to then. */
  answersFromMs = 0;
  /** How many times it was opened, and asked. */
  opens: (string | undefined)[] = [];
  fills: EventRange[] = [];

  constructor(clock: FakeClock, random: () => number = () => 0.5) {
    this.clock = clock;
    this.random = random;
    this.servers = [this.#newServer(), this.#newServer()];
    this.#beat();
  }

  get nowMs(): number {
    return EPOCH_MS + this.clock.now();
  }

  /** Publishes, with times so long before now. Each server has it at once, the workers hold it. */
  publish(lateMs: number): ModelEntry {
    const entry = {
      id: `e${this.published.length}`,
      timeMs: this.nowMs - lateMs,
      publishedMs: this.nowMs,
    };
    this.published.push(entry);
    for (const server of this.servers) this.#deliver(server, entry);
    return entry;
  }

  /** Pub/Sub delivers once more, to those who are there now. */
  redeliver(index: number): void {
    const entry = this.published[index % Math.max(1, this.published.length)];
    if (entry !== undefined) for (const server of this.servers) this.#deliver(server, entry);
  }

  /** Workers write what they hold. */
  flush(): void {
    if (this.clock.now() < this.storesFromMs) return;
    for (const entry of this.published) this.#stored.add(entry);
  }

  /** Every connection is cut. */
  cut(): void {
    for (const { tails } of this.servers) {
      for (const tail of tails) tail.cut();
      tails.clear();
    }
  }

  /** Nothing comes any more by any connection, and none ends. */
  freeze(): void {
    for (const { tails } of this.servers) for (const tail of tails) tail.isFrozen = true;
  }

  /** A server ends, and comes again after a while, knowing nothing. */
  restart(index: number, downMs: number): void {
    const server = this.servers[index % 2];
    if (server === undefined || server.isDown) return;
    server.isDown = true;
    for (const tail of server.tails) tail.cut();
    server.tails.clear();
    this.clock.schedule(downMs, () => {
      const { epoch, sinceMs } = this.#newServer();
      Object.assign(server, { epoch, sinceMs, isDown: false, ring: [], sequence: 0 });
    });
  }

  /** Rings forget what is older than this. */
  forget(olderThanMs: number): void {
    for (const server of this.servers) {
      const dropped = server.ring.filter(({ atMs }) => atMs < this.nowMs - olderThanMs);
      server.ring = server.ring.slice(dropped.length);
      server.sinceMs = Math.max(server.sinceMs, dropped.at(-1)?.atMs ?? 0);
    }
  }

  open({ resume }: { readonly resume: string | undefined }): Promise<AsyncIterable<readonly Received[]>> {
    this.opens.push(resume);
    const server = this.servers[this.#opened % 2];
    this.#opened += 1;
    if (server === undefined || server.isDown) return Promise.reject(new Refused(false));
    const tail = new ModelTail(server, this);
    tail.pushAll([...this.#before(server, resume), this.#heartbeat(server)]);
    server.tails.add(tail);
    return Promise.resolve(tail);
  }

  async *fill({ from, to }: EventRange): AsyncGenerator<readonly Found<ModelEntry>[]> {
    this.fills.push({ from, to });
    const entries = [...this.#stored]
      .filter(({ timeMs }) => timeMs >= Date.parse(from) && timeMs <= Date.parse(to))
      .sort((a, b) => a.timeMs - b.timeMs);
    for (let at = 0; at <= entries.length; at += PAGE) {
      await Promise.resolve();
      if (this.clock.now() < this.answersFromMs) throw new Refused(false);
      yield entries.slice(at, at + PAGE).map((entry) => ({ entryId: entry.id, entry }));
    }
  }

  storedUpTo(): Promise<{ readonly at: string | undefined; readonly now: string }> {
    if (this.clock.now() < this.answersFromMs) return Promise.reject(new Refused(false));
    const held = this.published.filter((entry) => !this.#stored.has(entry));
    const at = Math.min(this.nowMs, ...held.map(({ publishedMs }) => publishedMs));
    return Promise.resolve({ at: timeOf(at), now: timeOf(this.nowMs) });
  }

  failureOf(error: unknown): { readonly isFinal: boolean } {
    return { isFinal: error instanceof Refused && error.isFinal };
  }

  #newServer(): ModelServer {
    this.#epochs += 1;
    return new ModelServer(`run${this.#epochs}`, this.nowMs);
  }

  #deliver(server: ModelServer, entry: ModelEntry): void {
    if (server.isDown || server.ring.some((item) => item.entry === entry)) return;
    server.sequence += 1;
    const item = { sequence: server.sequence, atMs: this.nowMs, entry };
    server.ring.push(item);
    for (const tail of server.tails) tail.push(eventOf(server, item));
  }

  /** What comes before what is new: exactly what was missed, or what is there of it with a gap. */
  #before(server: ModelServer, resume: string | undefined): Received[] {
    if (resume === undefined) return [];
    const [id, epoch, sequence = '', atMs = ''] = resume.split('.');
    const first = (server.ring[0]?.sequence ?? server.sequence + 1) - 1;
    if (epoch === server.epoch && Number(sequence) >= first)
      return server.ring
        .filter((item) => item.sequence > Number(sequence))
        .map((item) => eventOf(server, item));
    const known = this.published.find((entry) => entry.id === id)?.timeMs ?? Infinity;
    const fromMs = Math.min(known, Number(atMs) || Infinity, this.nowMs) - SLACK_MS;
    const position = `${id ?? ''}.${server.epoch}.${first}.${this.nowMs}`;
    const gap: Received = {
      kind: 'gap',
      from: timeOf(fromMs),
      to: timeOf(server.sinceMs + SLACK_MS),
      position,
    };
    const items = server.ring.filter(({ entry }) => entry.timeMs >= fromMs);
    return [gap, ...items.map((item) => eventOf(server, item))];
  }

  #heartbeat(server: ModelServer): Received {
    const last = server.ring.at(-1);
    return {
      kind: 'heartbeat',
      time: timeOf(this.nowMs),
      lagMs: 0,
      storedUpTo: null,
      position: `${last?.entry.id ?? ''}.${server.epoch}.${server.sequence}.${this.nowMs}`,
    };
  }

  #beat(): void {
    this.clock.schedule(HEARTBEAT_MS, () => {
      for (const server of this.servers) for (const tail of server.tails) tail.push(this.#heartbeat(server));
      this.#beat();
    });
  }
}
