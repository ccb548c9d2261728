/**
 * Why a message cannot become a row. The codes are the `code` attribute of a dead letter and appear in
 * docs/errors.md.
 */
export const REJECTION_CODES = [
  'empty_data',
  'bad_compression',
  'unpacks_too_large',
  'not_utf8',
  'not_json',
  'not_an_object',
  'too_many_entries',
  'too_many_values',
  'unknown_shape',
  'missing_field',
  'wrong_type',
  'empty_service_name',
  'service_name_too_long',
  'unknown_severity',
  'bad_timestamp',
  'malformed_unicode',
  'too_deep',
  'tag_name_too_long',
  'too_large',
  'decoder_failed',
  'row_refused',
] as const;

export type RejectionCode = (typeof REJECTION_CODES)[number];

/**
 * A message that cannot become a row, with a reason for the person who reads the dead-letter topic. Never
 * holds the payload.
 */
export interface Rejection {
  readonly code: RejectionCode;
  /** One line: which field, what it was, what would be right. At most 500 characters. */
  readonly reason: string;
}

/** A rejection of `code`. `reason` is one line of at most 500 characters. */
export function reject(code: RejectionCode, reason: string): Rejection {
  return { code, reason };
}

/**
 * Whether a result is a rejection, whatever it would be otherwise: an entry, a text, null. Costs nothing
 * worth counting.
 */
export function isRejection(result: unknown): result is Rejection {
  return typeof result === 'object' && result !== null && 'code' in result;
}

/** The rejection of a field that is absent, null or of another type than `expected` names. */
export function rejectField(field: string, value: unknown, expected: string): Rejection {
  if (value === undefined || value === null) {
    return reject('missing_field', `${field} is missing: it should be ${expected}.`);
  }
  return reject('wrong_type', `${field} is ${typeName(value)}: it should be ${expected}.`);
}

/**
 * The rejection of a text that holds half of a surrogate pair, which no encoding and no database can store.
 */
export function rejectUnicode(field: string): Rejection {
  return reject(
    'malformed_unicode',
    `${field} has half of a surrogate pair: it should be well-formed Unicode.`,
  );
}

/** What a parsed JSON value is, in words. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}

const LONGEST_SHOWN = 40;

/** The start of a short value as a reason may show it: printable ASCII, at most 40 characters. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : typeName(value);
  const start = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN - 3)}...` : text;
  return start.replace(/[^\x20-\x7e]/g, '?');
}
