import { entries, reliably, type Say, Throttle } from './notices.ts';

/** The same is said no more often than this. */
const SAID_AGAIN_MS = 60_000;

/** What a sender has to say of the way to one place, without saying it over and over. */
export class Reports {
  readonly #name: () => string;
  readonly #say: Say;
  readonly #failureSaid = new Throttle(SAID_AGAIN_MS);
  readonly #refusalSaid = new Throttle(SAID_AGAIN_MS);
  readonly #droppedSaid = new Throttle(SAID_AGAIN_MS);
  #problem: string | undefined;
  #problemSaid: string | undefined;

  constructor(name: () => string, say: Say) {
    this.#name = name;
    this.#say = reliably(say);
  }

  /** Whether the last request was in vain. */
  get isFailing(): boolean {
    return this.#problem !== undefined;
  }

  /** A request failed, and is made again. */
  failed(problem: string): void {
    this.#problem = problem;
    if (this.#problemSaid === problem || !this.#failureSaid.isDue()) return;
    this.#say(`cannot send to ${this.#name()}, and tries again: ${problem}`);
    this.#problemSaid = problem;
  }

  /** A request was confirmed. */
  confirmed(): void {
    if (this.#problemSaid !== undefined) this.#say(`${this.#name()} takes entries again`);
    this.#problem = undefined;
    this.#problemSaid = undefined;
  }

  /** Entries will never be taken. */
  refused(count: number, reason: string): void {
    if (this.#refusalSaid.isDue()) this.#say(`${this.#name()} does not take ${entries(count)}: ${reason}`);
  }

  /** An entry found no room; `count` of them until now. */
  dropped(count: number): void {
    if (!this.#droppedSaid.isDue()) return;
    const why = this.#problem ?? 'they come faster than they can be sent';
    this.#say(`the queue to ${this.#name()} is full, ${entries(count)} dropped so far: ${why}`);
  }

  /** What was lost, at the end. */
  lost({ unsent, dropped, refused }: { unsent: number; dropped: number; refused: number }): void {
    if (unsent > 0) this.#say(this.#sum(unsent, 'not sent', this.#problem));
    if (dropped > 0) this.#say(this.#sum(dropped, 'dropped', 'the queue was full'));
    if (refused > 0) this.#say(this.#sum(refused, 'refused', undefined));
  }

  #sum(count: number, how: string, why: string | undefined): string {
    const reason = why === undefined ? '' : `: ${why}`;
    return `${entries(count)} for ${this.#name()} ${count === 1 ? 'was' : 'were'} ${how}${reason}`;
  }
}
