import type { OutgoingMessage } from '../logs/message.ts';
import type { Publisher } from '../pipeline/ports.ts';
import type { DeadLetterInbox, HeldDeadLetter } from './dead-letter-inbox.ts';
import { replayOf } from './dead-letter-message.ts';

export interface ReplayOptions {
  /** Only letters with this code. */
  readonly code?: string | undefined;
  /** Only those of these messages, by the ids that letters name. */
  readonly messageIds?: ReadonlySet<string> | undefined;
  /** Replay no more than this many. */
  readonly limit: number;
  /** Publish nothing: say what would be. */
  readonly dryRun: boolean;
  /** Ends the replay after the page that is under way. */
  readonly signal: AbortSignal;
}

/**
 * What became of the letters that were taken. All but the replayed ones are in the dead-letter subscription
 * as before.
 */
export interface ReplayCounts {
  /** Published to the topic again, confirmed; with `dryRun`, would be. */
  replayed: number;
  /**
   * Of those, how many letters were not confirmed as removed: another replay sends them again, and they count
   * once.
   */
  unconfirmed: number;
  /** Are not among those that were asked for. */
  notAskedFor: number;
  /** Came back, rejected again, while the replay ran. */
  cameBack: number;
  /**
   * Cannot be published: packed by another program, over a limit with the attributes that keep their identity,
   * or of one who may not write all services.
   */
  unfit: number;
  /** Are parts of messages that were too large for one letter: too large to be published again, too. */
  parts: number;
}

/** Small enough that a page which fails midway repeats little. */
const PAGE_LETTERS = 500;

/**
 * Publishes dead letters to the topic that they came from, as they were and with their identity. A letter is
 * removed once its publish is confirmed. Rejects with the `LmsError` of a publish that failed; nothing is
 * lost then. Close the inbox afterwards.
 */
export async function replay(
  inbox: DeadLetterInbox,
  topic: Publisher,
  options: ReplayOptions,
): Promise<ReplayCounts> {
  const counts: ReplayCounts = {
    replayed: 0,
    unconfirmed: 0,
    notAskedFor: 0,
    cameBack: 0,
    unfit: 0,
    parts: 0,
  };
  const sorter = new Sorter(counts, options);
  while (!options.signal.aborted && counts.replayed < options.limit) {
    const page = await inbox.take(Math.min(PAGE_LETTERS, options.limit - counts.replayed));
    const { letters, messages, unseen } = sorter.sort(page);
    // Empty, or only what was seen before: what comes back again and again must not keep us here.
    if (unseen === 0) break;
    if (!options.dryRun) {
      await topic.publish(messages);
      counts.unconfirmed += letters.length - (await inbox.ack(letters));
    }
    counts.replayed += letters.length;
  }
  return counts;
}

/** Decides letter by letter, and knows those it has seen. */
class Sorter {
  readonly #counts: ReplayCounts;
  readonly #options: Pick<ReplayOptions, 'code' | 'messageIds'>;
  /** Ids of the original messages, with the part if it is one. */
  readonly #seen = new Set<string>();
  /**
   * Those of earlier pages that were replayed. Two letters of one message on one page are both replayed: it
   * counts once.
   */
  readonly #replayed = new Set<string>();

  constructor(counts: ReplayCounts, options: Pick<ReplayOptions, 'code' | 'messageIds'>) {
    this.#counts = counts;
    this.#options = options;
  }

  /**
   * Those of the page to replay, their messages in the same order, and how many of the page were not seen
   * before.
   */
  sort(page: readonly HeldDeadLetter[]): {
    letters: HeldDeadLetter[];
    messages: OutgoingMessage[];
    unseen: number;
  } {
    const seenBefore = this.#seen.size;
    const letters: HeldDeadLetter[] = [];
    const messages: OutgoingMessage[] = [];
    for (const letter of page) {
      const message = this.#messageOf(letter);
      this.#seen.add(`${letter.messageId} ${letter.part ?? ''}`);
      if (message === undefined) continue;
      letters.push(letter);
      messages.push(message);
    }
    for (const { messageId } of letters) this.#replayed.add(messageId);
    return { letters, messages, unseen: this.#seen.size - seenBefore };
  }

  #messageOf(letter: HeldDeadLetter): OutgoingMessage | undefined {
    const message = replayOf(letter);
    if (this.#replayed.has(letter.messageId)) this.#counts.cameBack += 1;
    else if (!this.#isAskedFor(letter)) this.#counts.notAskedFor += 1;
    else if (letter.part !== undefined) this.#counts.parts += 1;
    else if (message === undefined) this.#counts.unfit += 1;
    else return message;
    return undefined;
  }

  #isAskedFor({ code, messageId }: HeldDeadLetter): boolean {
    const { code: asked = code, messageIds } = this.#options;
    return code === asked && (messageIds?.has(messageId) ?? true);
  }
}
