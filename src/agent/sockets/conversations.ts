import type { Conversation } from './conversation.ts';

/** Of one conversation. */
interface Heard {
  /** When it was heard of last, in milliseconds of a clock that only grows. */
  atMs: number;
  /** Bytes that are in no event yet, when it was looked at last. */
  pendingBytes: number;
}

/** The conversations that are open: when each was heard of last, and how much all of them hold that is in no event yet. */
export class Conversations {
  readonly #open = new Map<Conversation, Heard>();
  #pendingBytes = 0;

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** The one that was opened first, of those that are. */
  get first(): Conversation | undefined {
    const [first] = this.#open.keys();
    return first;
  }

  /** It was heard of, or has just begun. */
  heard(conversation: Conversation, nowMs: number): void {
    const heard = this.#open.get(conversation) ?? { atMs: nowMs, pendingBytes: 0 };
    this.#open.set(conversation, heard);
    heard.atMs = nowMs;
    this.measure(conversation);
  }

  /** Something in it became an event, or more waits. */
  measure(conversation: Conversation): void {
    const heard = this.#open.get(conversation);
    if (heard === undefined) return;
    const { pendingBytes } = conversation;
    this.#pendingBytes += pendingBytes - heard.pendingBytes;
    heard.pendingBytes = pendingBytes;
  }

  delete(conversation: Conversation): void {
    this.#pendingBytes -= this.#open.get(conversation)?.pendingBytes ?? 0;
    this.#open.delete(conversation);
  }

  /** Those that have said something that is in no event yet, and then nothing for so long, in milliseconds. */
  silent(nowMs: number, forMs: number): Conversation[] {
    const found: Conversation[] = [];
    for (const [conversation, { atMs, pendingBytes }] of this.#open)
      if (pendingBytes > 0 && nowMs - atMs >= forMs) found.push(conversation);
    return found;
  }

  /** The one that holds the most. */
  largest(): Conversation | undefined {
    let [largest, most]: [Conversation | undefined, number] = [undefined, 0];
    for (const [conversation, { pendingBytes }] of this.#open)
      if (pendingBytes > most) [largest, most] = [conversation, pendingBytes];
    return largest;
  }
}
