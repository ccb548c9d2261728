/** What is wrong with what a person wrote, and where. */
export interface Mistake {
  readonly kind: 'mistake';
  /** One sentence. */
  readonly message: string;
  /** Where in the text: a UTF-16 offset. At the end of the text if something is missing there. */
  readonly at: number;
  /** How many UTF-16 units are wrong; 0 where something is missing. */
  readonly length: number;
  /** What would have been right there. */
  readonly expected: string;
}

/** A mistake in a text. */
export function mistake(message: string, at: number, length: number, expected: string): Mistake {
  return { kind: 'mistake', message, at, length, expected };
}

/** Whether a result is a mistake, whatever it would be otherwise. */
export function isMistake(result: unknown): result is Mistake {
  return typeof result === 'object' && result !== null && 'kind' in result && result.kind === 'mistake';
}
