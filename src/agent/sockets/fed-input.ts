import { randomBytes } from 'node:crypto';
import { entriesOfEvents } from '../files/slice.ts';
import type { ConfirmedBatch, EventBatch, Input, InputStatus, ReadOptions } from '../ports.ts';
import type { EntryOrigin } from '../reading/event-entries.ts';
import { sourceOptions } from '../reading/read-options.ts';
import type { Spool, SpoolBatch } from '../spool/spool.ts';
import { Conversation, type ConversationOptions, formatsOf, messageEvents } from './conversation.ts';
import { Conversations } from './conversations.ts';
import type { Feed, Intake } from './feed.ts';
import { Gatherer } from './gatherer.ts';

/** How a feed is read. */
export interface FedInputOptions {
  readonly name: string;
  readonly kind: Exclude<Input['kind'], 'files'>;
  readonly read: ReadOptions;
  /** Whether the tag host of lines that name none is the peer. */
  readonly isHostPeer: boolean;
  /** After so long without more, half a line goes as it is, in milliseconds. Undefined: it waits. */
  readonly flushPartialMs: number | undefined;
  readonly spool: Spool;
}

/** After so long without more, an event of several lines is whole, in milliseconds. */
const FLUSH_MS = 5_000;
/** What all connections together hold of lines without an end: then the longest goes as it is. */
const MAX_PENDING_BYTES = 64 * 1024 * 1024;
const SEQUENCE_DIGITS = 16;

/**
 * What comes by pipes and sockets, which have no place to go back to: by way of a spool. Each entry has an identity
 * before it is in there, so that whatever is sent again is the same.
 */
export class FedInput implements Input {
  readonly name: string;
  readonly kind: Input['kind'];
  readonly #feed: Feed;
  readonly #options: FedInputOptions;
  readonly #source: ConversationOptions['source'];
  readonly #formats;
  /** Of this run. */
  readonly #run = randomBytes(12).toString('hex');
  readonly #conversations = new Conversations();
  #sequence = 0;
  #lostLines = 0;
  #lostBytes = 0;
  #newestTime: string | undefined;
  #format: string | undefined;
  #hasEnded = false;

  /** Throws an `LmsError` if how it is to be read is wrong. */
  constructor(feed: Feed, options: FedInputOptions) {
    this.name = options.name;
    this.kind = options.kind;
    this.#feed = feed;
    this.#options = options;
    this.#source = sourceOptions(options.read);
    this.#formats = formatsOf(this.#source);
  }

  get isKept(): boolean {
    return this.#options.spool.isKept;
  }

  async *batches(stop: AbortSignal): AsyncGenerator<EventBatch> {
    const { spool } = this.#options;
    const end = new AbortController();
    const ended = AbortSignal.any([stop, end.signal]);
    const gatherer = new Gatherer({ spool, isLossy: this.#feed.isLossy }, ended);
    const timer = this.#flushAgainAndAgain(gatherer);
    const failed = new AbortController();
    const failure: { error?: unknown } = {};
    const feeding = this.#feed
      .run(this.#intake(gatherer), ended)
      .catch((error: unknown) => {
        failure.error = error;
        // What is on the disk is for the next run: whoever may be away is not waited for before it is said.
        if (spool.isKept) failed.abort();
      })
      .then(async () => {
        clearInterval(timer);
        await gatherer.settled();
        spool.end();
      });
    try {
      yield* spool.batches(AbortSignal.any([stop, failed.signal]));
      await feeding;
      if (failure.error !== undefined) throw failure.error as Error;
    } finally {
      end.abort();
      await feeding;
      this.#hasEnded = true;
    }
  }

  async confirm(batch: ConfirmedBatch): Promise<void> {
    const { newestTime } = batch;
    if (newestTime !== undefined && newestTime > (this.#newestTime ?? '')) this.#newestTime = newestTime;
    await this.#options.spool.confirm(batch);
  }

  status(): InputStatus {
    const { spool } = this.#options;
    const { state, reason, counters } = this.#feed;
    const problem = spool.problem ?? reason;
    return {
      name: this.name,
      state: this.#hasEnded ? 'ended' : spool.problem === undefined ? state : 'failing',
      reason: problem,
      format: this.#formatNow(),
      bytesBehind: spool.waitingBytes,
      newestTime: this.#newestTime,
      counters: {
        ...counters,
        ...spool.counters,
        lost_lines: this.#lostLines,
        lost_bytes: this.#lostBytes,
      },
    };
  }

  async close(): Promise<void> {
    await this.#options.spool.close();
  }

  #formatNow(): string | undefined {
    const { format } = this.#options.read;
    if (format !== 'auto') return format;
    this.#format = this.#conversations.first?.format ?? this.#formats.detection?.format ?? this.#format;
    return this.#format;
  }

  #intake(gatherer: Gatherer): Intake {
    const take = (batches: readonly SpoolBatch[]) => this.#take(gatherer, batches);
    return {
      open: (peer) => this.#open(peer),
      push: async (conversation, bytes) => {
        await gatherer.room();
        const batches = conversation.push(bytes, Date.now());
        this.#conversations.heard(conversation, performance.now());
        return take([...batches, ...this.#tooMuch()]);
      },
      close: (conversation) => {
        this.#formatNow();
        this.#conversations.delete(conversation);
        return take(conversation.end(Date.now()));
      },
      message: (bytes, peer) => take(this.#message(bytes, peer)),
    };
  }

  #open(peer: string | undefined): Conversation {
    const conversation = new Conversation({
      source: this.#source,
      origin: this.#originOf(peer),
      isSyslog: this.#feed.isSyslog,
      nextId: () => this.#nextId(),
    });
    this.#conversations.heard(conversation, performance.now());
    return conversation;
  }

  #originOf(peer: string | undefined): EntryOrigin {
    const { read, kind, isHostPeer } = this.#options;
    const { service = kind, host, tags } = read;
    if (peer === undefined) return { service, host, tags };
    return { service, host: isHostPeer ? peer : host, tags: { peer, ...tags } };
  }

  #nextId(): string {
    this.#sequence += 1;
    return `${this.#run}-${this.#sequence.toString(16).padStart(SEQUENCE_DIGITS, '0')}`;
  }

  #message(bytes: Buffer, peer: string | undefined): SpoolBatch[] {
    const observedMs = Date.now();
    const events = messageEvents(bytes, this.#formats, { observedMs, zone: this.#source.zone });
    const making = { eventId: () => this.#nextId(), observedMs, origin: this.#originOf(peer) };
    const { entries, counts } = entriesOfEvents(events, making);
    const blank = events.length === 0 ? 1 : 0;
    return [
      {
        entries,
        counts: {
          ...counts,
          lines: counts.lines + blank,
          refused: counts.refused + blank,
          bytes: bytes.length,
        },
      },
    ];
  }

  /** Lines without an end are no way to fill the memory. */
  #tooMuch(): SpoolBatch[] {
    if (this.#conversations.pendingBytes <= MAX_PENDING_BYTES) return [];
    const largest = this.#conversations.largest();
    return largest === undefined ? [] : this.#flush(largest, true);
  }

  #flush(conversation: Conversation, unfinishedLine: boolean): SpoolBatch[] {
    const batches = conversation.flush(Date.now(), unfinishedLine);
    this.#conversations.measure(conversation);
    return batches;
  }

  async #take(gatherer: Gatherer, batches: readonly SpoolBatch[]): Promise<void> {
    await Promise.all(
      batches.map(async (batch) => {
        if (await gatherer.add(batch)) return;
        this.#lostLines += batch.counts.lines;
        this.#lostBytes += batch.counts.bytes;
      }),
    );
  }

  #flushAgainAndAgain(gatherer: Gatherer): NodeJS.Timeout {
    const { flushPartialMs } = this.#options;
    const afterMs = flushPartialMs ?? FLUSH_MS;
    const look = () => {
      for (const conversation of this.#conversations.silent(performance.now(), afterMs))
        void this.#take(gatherer, this.#flush(conversation, flushPartialMs !== undefined));
    };
    return setInterval(look, Math.max(20, Math.min(1_000, afterMs / 2)));
  }
}
