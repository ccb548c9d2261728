import type { TailNote, TailOptions } from '../../../client/src/tailing.ts';
import type { TailEntry } from '../../../client/src/types.ts';
import { type Clock, pause } from './clock.ts';
import type { Batch, LiveNote, StreamState } from './messages.ts';
import { lengthMs, OpenGaps, type Range } from './open-gaps.ts';
import { isOfAnswer } from './question.ts';
import { reasonOf, refusalOf } from './refusal.ts';

/** What a stream asks for, and behind which place it begins. */
export interface StreamQuestion {
  readonly q: string;
  readonly tz: string;
  readonly place: string;
}

/** What streams take. */
export interface StreamPorts {
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  tail(question: { q: string; tz: string; after: string }, options: TailOptions): AsyncIterable<TailEntry>;
  /** How many entries are stored there, at least. */
  count(question: { q: string; tz: string } & Range, signal: AbortSignal): Promise<number>;
}

/** Who is told what comes. */
export interface StreamReader {
  batch(batch: Batch): void;
  state(state: StreamState): void;
  /** More is missing than is worth looking up. */
  tooMuch(): void;
}

/** What comes is given together so often at most, and so many at once. */
const BATCH_MS = 100;
const BATCH_ENTRIES = 2_000;
/** A gap of so long is filled only if there is not more in it than a page keeps. */
const LONG_GAP_MS = 5 * 60_000;
const MAX_FILLED = 20_000;
/**
 * What a server does not remember of the time before it was asked is said only after so long: longer than workers
 * usually take to store what they have (FLUSHINTERVAL is 60 s), for "stored up to" tells of that already.
 */
const USUAL_MS = 75_000;

/** One stream of a server, opened again whenever it ends, and given on in batches. */
export class Stream {
  readonly #ports: StreamPorts;
  readonly #question: StreamQuestion;
  readonly #reader: StreamReader;
  readonly #gaps = new OpenGaps();
  #place: string;
  #entries: TailEntry[] = [];
  #notes: LiveNote[] = [];
  #flushedMs = -Infinity;
  #isScheduled = false;
  #onFlush: () => void = () => undefined;
  /** Ends the connection, or the wait for the next: another is opened at once. */
  #again = new AbortController();
  #attempt = 0;
  #lagMs = 0;
  #isOpen = false;
  #wasOpen = false;

  constructor(ports: StreamPorts, question: StreamQuestion, reader: StreamReader) {
    this.#ports = ports;
    this.#question = question;
    this.#reader = reader;
    this.#place = question.place;
  }

  /** All before it was given. */
  get place(): string {
    return this.#place;
  }

  /** Reads it until the signal is aborted: resolves then. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, wallMs } = this.#ports;
    while (!signal.aborted) {
      this.#again = new AbortController();
      const either = AbortSignal.any([signal, this.#again.signal]);
      try {
        await this.#connection(either);
      } catch (error) {
        if (either.aborted) {
          this.#reader.state({ kind: 'connecting' });
          continue;
        }
        const { state, inMs } = refusalOf(error, { attempt: this.#attempt, wallMs: wallMs() });
        this.#attempt += 1;
        this.#isOpen = false;
        this.#reader.state(state);
        await pause(clock, inMs, either);
      }
    }
  }

  /** Opens it now, if it is not open. */
  tryNow(): void {
    if (!this.#isOpen) this.#again.abort(new Error('tried again at once'));
  }

  /** Gives what is left. */
  flush(): void {
    const { clock } = this.#ports;
    this.#flushedMs = clock.now();
    const [entries, notes] = [this.#entries, this.#notes];
    this.#entries = [];
    this.#notes = [];
    this.#reader.batch({ entries, notes, place: this.#place });
    this.#onFlush();
  }

  async #connection(signal: AbortSignal): Promise<void> {
    const { q, tz } = this.#question;
    const options: TailOptions = {
      signal,
      onNote: (note) => {
        this.#note(note, signal);
      },
      onProgress: ({ position }) => {
        this.#progress(position);
      },
    };
    for await (const entry of this.#ports.tail({ q, tz, after: this.#place }, options)) {
      this.#entries.push(entry);
      this.#schedule();
      // What comes faster than it can be shown waits at the server, which says what it left out.
      if (this.#entries.length >= BATCH_ENTRIES)
        await new Promise<void>((resolve) => {
          this.#onFlush = resolve;
        });
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const { clock } = this.#ports;
    clock.schedule(Math.max(0, this.#flushedMs + BATCH_MS - clock.now()), () => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  #progress(position: string): void {
    this.#attempt = 0;
    if (this.#gaps.isEmpty) this.#place = position;
    if (!this.#isOpen) this.#opened();
    this.#schedule();
  }

  #opened(): void {
    this.#isOpen = true;
    this.#wasOpen = true;
    this.#reader.state({ kind: 'on', lagMs: this.#lagMs });
  }

  #note(note: TailNote, signal: AbortSignal): void {
    switch (note.kind) {
      case 'reconnecting': {
        const againAtMs = this.#ports.wallMs() + note.inMs;
        this.#isOpen = false;
        this.#reader.state({ kind: 'reconnecting', againAtMs, reason: reasonOf(note.cause) });
        return;
      }
      case 'reconnected':
        this.#opened();
        return;
      case 'behind':
        this.#lagMs = note.lagMs;
        this.#reader.state({ kind: 'on', lagMs: note.lagMs });
        return;
      case 'sampled':
        return;
      case 'gap':
      case 'skipped':
      case 'filled':
      case 'incomplete':
        this.#missing(note, signal);
    }
  }

  #missing(note: Extract<TailNote, Range>, signal: AbortSignal): void {
    const { kind, from, to } = note;
    if (kind === 'sampled') return;
    const said: LiveNote = { kind, from, to, count: 'count' in note ? note.count : 0 };
    this.#gaps.take(said);
    // Of what was not stored when the page asked, the server may have no memory. That is no news: it is looked up.
    const isUsual = kind === 'gap' && !this.#wasOpen && isOfAnswer(this.#question.place);
    if (isUsual) this.#sayLater(said, signal);
    else this.#notes.push(said);
    this.#schedule();
    if (kind === 'gap' && lengthMs(said) > LONG_GAP_MS) void this.#measure(said, signal);
  }

  /** It is mostly filled before anybody has read that it is there. */
  #sayLater(said: LiveNote, signal: AbortSignal): void {
    this.#ports.clock.schedule(USUAL_MS, () => {
      if (signal.aborted || !this.#gaps.has(said)) return;
      this.#notes.push(said);
      this.#schedule();
    });
  }

  async #measure({ from, to }: Range, signal: AbortSignal): Promise<void> {
    const { q, tz } = this.#question;
    const count = await this.#ports.count({ q, tz, from, to }, signal).catch(() => 0);
    if (count > MAX_FILLED && !signal.aborted) this.#reader.tooMuch();
  }
}
