import type { InputStatus } from '../ports.ts';
import type { Conversation } from './conversation.ts';

/** Takes what connections say. */
export interface Intake {
  /** What one connection says is read by itself. `peer`: who says it, if that is known. */
  open(peer: string | undefined): Conversation;
  /**
   * Bytes that came: resolves once they are where they will not be lost, or there was no room for them; whoever can
   * be held up waits for it before more is read.
   */
  push(conversation: Conversation, bytes: Buffer): Promise<void>;
  /** The connection is over. */
  close(conversation: Conversation): Promise<void>;
  /** A message that is whole by itself. */
  message(bytes: Buffer, peer: string | undefined): Promise<void>;
}

/** Where bytes come from. */
export interface Feed {
  /** Whether whoever sends cannot be held up. */
  readonly isLossy: boolean;
  /** Whether messages may come with their length before them, as in syslog. */
  readonly isSyslog: boolean;
  /**
   * Resolves when nothing more is to come, or soon after `stop` is aborted. Rejects with an `LmsError` if it cannot be
   * had at all.
   */
  run(intake: Intake, stop: AbortSignal): Promise<void>;
  readonly state: InputStatus['state'];
  readonly reason: string | undefined;
  readonly counters: Readonly<Record<string, number>>;
}
