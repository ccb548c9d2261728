/** How many tails there may be. */
export interface TailLimits {
  readonly atOnce: number;
  /** Of one key. */
  readonly atOncePerKey: number;
}

/** Why there is no tail: the server has as many as it may, whoever asks has, or it is about to end. */
export class TailRefused extends Error {
  override readonly name = 'TailRefused';
  readonly why: 'many' | 'many-of-key' | 'stopping';

  constructor(why: TailRefused['why']) {
    super(`no tail: ${why}`);
    this.why = why;
  }
}
