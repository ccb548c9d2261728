import { pause } from './clock.ts';
import type { Bus, LeaderMessage, Message, StreamState, Want } from './messages.ts';
import { earliestOf, type LiveQuestion, streamKey } from './question.ts';
import { Stream, type StreamPorts, type StreamQuestion } from './stream.ts';

/** What whoever leads takes. */
export interface LeaderPorts extends StreamPorts {
  readonly bus: Bus;
  /** One expression for what several ask; undefined: none of them can be asked. */
  unite(questions: readonly LiveQuestion[]): Promise<string | undefined>;
}

/** Tabs have so long to say what they want before a stream is opened: for all of them. */
const CALL_MS = 60;
const BEAT_MS = 2_000;
/** A tab that was not heard of for so long is gone. */
const GONE_MS = 20_000;

interface Member extends Want {
  readonly heardMs: number;
}

interface Open {
  readonly number: number;
  readonly stream: Stream;
  readonly wants: Readonly<Record<string, number>>;
  readonly closing: AbortController;
  turn: number;
}

/** What a leader says, but who says it. */
type Said = LeaderMessage extends infer Each
  ? Each extends LeaderMessage
    ? Omit<Each, 'leader'>
    : never
  : never;

/** Holds one stream for all tabs of a browser: opens it anew when they want something else. */
export class Leader {
  readonly #ports: LeaderPorts;
  readonly #name: string;
  readonly #members = new Map<string, Member>();
  #open: Open | undefined;
  #streams = 0;
  #state: StreamState = { kind: 'connecting' };
  #isScheduled = false;
  /** Another one each time that something else is wanted. */
  #wish = 0;

  /** `name`: nobody else's. */
  constructor(ports: LeaderPorts, name: string) {
    this.#ports = ports;
    this.#name = name;
  }

  /** Leads until the signal is aborted: resolves once its stream is over. */
  async run(signal: AbortSignal): Promise<void> {
    const { bus, clock } = this.#ports;
    const leave = bus.listen((message) => {
      this.#hear(message, signal);
    });
    this.#say({ kind: 'call' });
    for (;;) {
      await pause(clock, BEAT_MS, signal);
      if (signal.aborted) break;
      this.#say({ kind: 'state', state: this.#state });
      this.#forgetGone(signal);
    }
    leave();
    this.#close();
  }

  #say(said: Said): void {
    this.#ports.bus.say({ ...said, leader: this.#name });
  }

  #hear(message: Message, signal: AbortSignal): void {
    const heardMs = this.#ports.clock.now();
    switch (message.kind) {
      case 'want': {
        const { tab, number, question, place } = message;
        const isNew = this.#members.get(tab)?.number !== number;
        this.#members.set(tab, { tab, number, question, place, heardMs });
        if (isNew) this.#wanted(signal);
        return;
      }
      case 'here': {
        const member = this.#members.get(message.tab);
        if (member !== undefined) this.#members.set(member.tab, { ...member, heardMs });
        return;
      }
      case 'leave':
        if (this.#members.delete(message.tab)) this.#wanted(signal);
        return;
      case 'try':
        this.#open?.stream.tryNow();
        return;
      case 'call':
      case 'state':
      case 'open':
      case 'batch':
      case 'again':
        return;
    }
  }

  #forgetGone(signal: AbortSignal): void {
    const sinceMs = this.#ports.clock.now() - GONE_MS;
    const gone = [...this.#members.values()].filter(({ heardMs }) => heardMs < sinceMs);
    for (const { tab } of gone) this.#members.delete(tab);
    if (gone.length > 0) this.#wanted(signal);
  }

  /** Tabs want something else: what they say together is one change. */
  #wanted(signal: AbortSignal): void {
    this.#wish += 1;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#ports.clock.schedule(CALL_MS, () => {
      this.#isScheduled = false;
      if (!signal.aborted) void this.#reopen(signal);
    });
  }

  async #reopen(signal: AbortSignal): Promise<void> {
    const wish = this.#wish;
    const members = [...this.#members.values()];
    const keys = [...new Set(members.map(({ question }) => streamKey(question)))];
    const only = keys.length === 1 ? keys[0] : undefined;
    const united = keys.length > 1 ? await this.#united(members) : undefined;
    if (signal.aborted || wish !== this.#wish) return;
    const [first] = members;
    this.#close();
    if (first === undefined) return;
    const { q, tz } = united === undefined ? first.question : { q: united, tz: 'UTC' };
    const place = earliestOf([...this.#members.values()].map((member) => member.place));
    const wants = Object.fromEntries(members.map(({ tab, number }) => [tab, number]));
    this.#begin({ q, tz, place }, { wants, only }, signal);
  }

  async #united(members: readonly Member[]): Promise<string | undefined> {
    // Without the means to join them, all of what comes is followed: each tab takes what is its.
    return this.#ports.unite(members.map(({ question }) => question)).catch(() => '');
  }

  #begin(
    question: StreamQuestion,
    { wants, only }: { wants: Open['wants']; only: string | undefined },
    signal: AbortSignal,
  ): void {
    const number = (this.#streams += 1);
    const closing = new AbortController();
    const stream = new Stream(this.#ports, question, {
      batch: (batch) => {
        open.turn += 1;
        this.#say({ kind: 'batch', stream: number, turn: open.turn, ...batch });
      },
      state: (state) => {
        this.#state = state;
        this.#say({ kind: 'state', state });
      },
      tooMuch: () => {
        this.#say({ kind: 'again', stream: number });
      },
    });
    const open: Open = { number, stream, wants, closing, turn: 0 };
    this.#open = open;
    this.#say({ kind: 'open', stream: number, wants, only });
    void stream.run(AbortSignal.any([signal, closing.signal]));
  }

  /** Gives what has come, and ends the stream: whoever it was for has all before its place. */
  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    open.closing.abort(new Error('another stream takes its place'));
    open.stream.flush();
    const { place } = open.stream;
    for (const member of this.#members.values())
      if (open.wants[member.tab] === member.number) this.#members.set(member.tab, { ...member, place });
  }
}
