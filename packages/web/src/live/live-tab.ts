import type { TailEntry } from '../../../client/src/types.ts';
import { type Clock, pause } from './clock.ts';
import type { Batch, Bus, Election, LiveNote, Message, StreamState } from './messages.ts';
import type { LiveQuestion } from './question.ts';

/** What a tab takes. */
export interface TabPorts {
  readonly bus: Bus;
  readonly election: Election;
  readonly clock: Clock;
  /** Leads until the signal is aborted. */
  lead(signal: AbortSignal): Promise<void>;
  /** Tells which entries of a stream a question's are. `only`: the one thing that the stream asks for. */
  selection(question: LiveQuestion, only: string | undefined): Promise<(entry: TailEntry) => boolean>;
}

/** Who is told what comes for a tab. */
export interface TabReader {
  came(entries: readonly TailEntry[], notes: readonly LiveNote[]): void;
  state(state: StreamState): void;
  /** So much was missed that it is better to ask anew. */
  again(): void;
}

const TICK_MS = 4_000;
/** Whoever leads says something every two seconds; after so long another one does. */
const SILENT_MS = 10_000;

/** The stream that a tab reads. */
interface Reading {
  readonly leader: string;
  readonly stream: number;
  readonly only: string | undefined;
  turn: number;
  isMine: ((entry: TailEntry) => boolean) | undefined;
  /** What came before it was known what is this tab's. */
  waiting: Batch[];
}

/** A tab among the tabs of a browser: says what it wants, takes what is its, and leads when nobody else does. */
export class LiveTab {
  readonly #ports: TabPorts;
  readonly #name: string;
  readonly #reader: TabReader;
  #question: LiveQuestion | undefined;
  #number = 0;
  #place = '';
  #reading: Reading | undefined;
  #heardMs = 0;
  #ending = new AbortController();
  #isLeading = false;
  #giveUpWaiting: () => void = () => undefined;
  #cancelTick: () => void = () => undefined;

  /** `name`: no other tab's. */
  constructor(ports: TabPorts, name: string, reader: TabReader) {
    this.#ports = ports;
    this.#name = name;
    this.#reader = reader;
  }

  /** It has all before this, of the question that it asked last. */
  get place(): string {
    return this.#place;
  }

  /** From now on, this; `place`: it has all that came before. */
  want(question: LiveQuestion, place: string): void {
    const isNew = this.#question === undefined;
    this.#question = question;
    this.#place = place;
    this.#reading = undefined;
    this.#reader.state({ kind: 'connecting' });
    if (isNew) this.#begin();
    this.#ask();
  }

  /** From now on, nothing. */
  stop(): void {
    if (this.#question === undefined) return;
    this.#question = undefined;
    this.#ports.bus.say({ kind: 'leave', tab: this.#name });
    this.#ending.abort(new Error('nothing is wanted'));
    this.#reading = undefined;
  }

  /** Does not wait any longer for a server that did not answer. */
  tryNow(): void {
    this.#ports.bus.say({ kind: 'try' });
  }

  #begin(): void {
    const { bus, clock } = this.#ports;
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    this.#heardMs = clock.now();
    const leave = bus.listen((message) => {
      if (!signal.aborted) this.#hear(message);
    });
    signal.addEventListener('abort', () => {
      leave();
      this.#cancelTick();
    });
    this.#tick();
    void this.#candidate(signal);
  }

  #ask(): void {
    const question = this.#question;
    if (question === undefined) return;
    this.#number += 1;
    this.#say(question);
  }

  #say(question: LiveQuestion): void {
    const { bus } = this.#ports;
    bus.say({ kind: 'want', tab: this.#name, number: this.#number, question, place: this.#place });
  }

  #tick(): void {
    const { bus, clock } = this.#ports;
    this.#cancelTick = clock.schedule(TICK_MS, () => {
      bus.say({ kind: 'here', tab: this.#name });
      if (!this.#isLeading && clock.now() - this.#heardMs > SILENT_MS) this.#giveUpWaiting();
      this.#tick();
    });
  }

  /** Waits until it is to lead, and does, until nothing is wanted. */
  async #candidate(signal: AbortSignal): Promise<void> {
    let isUrgent = false;
    while (!signal.aborted) {
      const waiting = new AbortController();
      this.#giveUpWaiting = () => {
        waiting.abort(new Error('whoever leads is silent'));
      };
      try {
        const either = AbortSignal.any([signal, waiting.signal]);
        const leadership = await this.#ports.election.lead(isUrgent, either);
        isUrgent = false;
        this.#isLeading = true;
        await this.#ports.lead(AbortSignal.any([signal, leadership.lost]));
        leadership.release();
      } catch {
        isUrgent = waiting.signal.aborted;
        // A browser that refuses to choose one is not asked again and again without a pause.
        if (!isUrgent) await pause(this.#ports.clock, TICK_MS, signal);
      }
      this.#isLeading = false;
      this.#heardMs = this.#ports.clock.now();
    }
  }

  #hear(message: Message): void {
    const question = this.#question;
    if (question === undefined || !('leader' in message)) return;
    this.#heardMs = this.#ports.clock.now();
    switch (message.kind) {
      case 'call':
        this.#say(question);
        return;
      case 'state':
        this.#reader.state(message.state);
        return;
      case 'open': {
        const { leader, stream, wants, only } = message;
        const isForUs = wants[this.#name] === this.#number;
        this.#reading = isForUs
          ? { leader, stream, only, turn: 0, isMine: undefined, waiting: [] }
          : undefined;
        if (this.#reading !== undefined) void this.#prepare(this.#reading, question);
        return;
      }
      case 'batch':
        if (this.#isRead(message)) this.#take(message);
        return;
      case 'again':
        if (this.#isRead(message)) this.#reader.again();
    }
  }

  #isRead({ leader, stream }: { readonly leader: string; readonly stream: number }): boolean {
    return this.#reading?.leader === leader && this.#reading.stream === stream;
  }

  async #prepare(reading: Reading, question: LiveQuestion): Promise<void> {
    const isMine = await this.#ports.selection(question, reading.only).catch(() => undefined);
    if (this.#reading !== reading) return;
    if (isMine === undefined) {
      // What it takes could not be loaded. Nothing is lost: the place stays where it is.
      this.#reading = undefined;
      this.#ports.clock.schedule(TICK_MS, () => {
        if (this.#reading === undefined) this.#ask();
      });
      return;
    }
    reading.isMine = isMine;
    for (const batch of reading.waiting) this.#give(batch, isMine);
    reading.waiting = [];
  }

  #take({ turn, ...batch }: Batch & { readonly turn: number }): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    reading.turn += 1;
    if (turn !== reading.turn) {
      // This tab was asleep when something came.
      this.#reading = undefined;
      this.#ask();
    } else if (reading.isMine === undefined) reading.waiting.push(batch);
    else this.#give(batch, reading.isMine);
  }

  #give({ entries, notes, place }: Batch, isMine: (entry: TailEntry) => boolean): void {
    this.#place = place;
    const mine = entries.filter(isMine);
    if (mine.length > 0 || notes.length > 0) this.#reader.came(mine, notes);
  }
}
