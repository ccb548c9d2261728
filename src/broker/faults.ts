import type { FailedStatus } from './refusal.ts';

/** The methods that the broker answers. */
export type MethodName =
  | 'CreateTopic'
  | 'GetTopic'
  | 'DeleteTopic'
  | 'ListTopics'
  | 'ListTopicSubscriptions'
  | 'Publish'
  | 'CreateSubscription'
  | 'GetSubscription'
  | 'DeleteSubscription'
  | 'ListSubscriptions'
  | 'StreamingPull'
  | 'Pull'
  | 'Acknowledge'
  | 'ModifyAckDeadline'
  | 'Seek';

/** What is to go wrong with a call. */
export interface CallFault {
  /** Fail with this status, before anything was done. */
  readonly refuseWith?: FailedStatus;
  /** A stream is refused after its headers, as by a front that asks the service behind it. */
  readonly afterHeaders?: boolean;
  /** Answer OK without doing anything. */
  readonly swallow?: boolean;
  /** Fail with this status after everything was done: the answer was lost. */
  readonly loseAnswerWith?: FailedStatus;
  /** Answer so much later. `Infinity`: never, until the client gives up. */
  readonly delayMs?: number;
}

/**
 * What tests let go wrong. Faults of a method apply to its next calls, in the order in which they were asked
 * for; `calls` says to how many, `Infinity` to all until `clear`.
 */
export class Faults {
  /** Deliveries arrive so much later; their leases run meanwhile. */
  deliveryDelayMs = 0;
  #calls = new Map<MethodName, { fault: CallFault; left: number }[]>();
  #held = false;
  #repeats = 0;
  #onRelease: () => void;

  /** @param onRelease Called when deliveries may go on. */
  constructor(onRelease: () => void) {
    this.#onRelease = onRelease;
  }

  /** Fails the next calls, before anything was done. For StreamingPull: new streams. */
  refuse(method: MethodName, refuseWith: FailedStatus, calls = 1): void {
    this.#plan(method, { refuseWith }, calls);
  }

  /** Answers the next streams with headers, and fails them at once. */
  refuseStreams(refuseWith: FailedStatus, calls = 1): void {
    this.#plan('StreamingPull', { refuseWith, afterHeaders: true }, calls);
  }

  /** Does what the next calls ask for, and then fails them: the client cannot know that it was done. */
  loseAnswers(method: Exclude<MethodName, 'StreamingPull'>, loseAnswerWith: FailedStatus, calls = 1): void {
    this.#plan(method, { loseAnswerWith }, calls);
  }

  /** Answers the next calls of Acknowledge with OK and does nothing. Acks on a stream are not touched. */
  swallowAcks(calls = 1): void {
    this.#plan('Acknowledge', { swallow: true }, calls);
  }

  /** Does what the next calls ask for and answers late. `Infinity`: never. */
  delayAnswers(method: Exclude<MethodName, 'StreamingPull'>, delayMs: number, calls = 1): void {
    this.#plan(method, { delayMs }, calls);
  }

  /** Delivers each of the next messages twice: same message, two ack ids. */
  deliverTwice(messages: number): void {
    this.#repeats += messages;
  }

  /** Hands out nothing more until `releaseDeliveries`. */
  holdDeliveries(): void {
    this.#held = true;
  }

  releaseDeliveries(): void {
    this.#held = false;
    this.#onRelease();
  }

  /** How many of the next calls of a method are to go wrong. */
  planned(method: MethodName): number {
    return (this.#calls.get(method) ?? []).reduce((sum, { left }) => sum + left, 0);
  }

  /** From now on nothing goes wrong. */
  clear(): void {
    this.#calls.clear();
    this.#repeats = 0;
    this.deliveryDelayMs = 0;
    this.releaseDeliveries();
  }

  get deliveriesHeld(): boolean {
    return this.#held;
  }

  /** What is to go wrong with this call of `method`. */
  takeCallFault(method: MethodName): CallFault {
    const planned = this.#calls.get(method);
    const next = planned?.[0];
    if (planned === undefined || next === undefined) return {};
    next.left -= 1;
    if (next.left <= 0) planned.shift();
    return next.fault;
  }

  /** How many of the next `available` messages are to be delivered twice. */
  takeRepeats(available: number): number {
    const repeats = Math.min(this.#repeats, available);
    this.#repeats -= repeats;
    return repeats;
  }

  #plan(method: MethodName, fault: CallFault, calls: number): void {
    const planned = this.#calls.get(method) ?? [];
    planned.push({ fault, left: calls });
    this.#calls.set(method, planned);
  }
}
