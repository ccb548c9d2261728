/** Why a message cannot become a row. The codes are the `code` attribute of a dead letter and appear in docs/errors.md. */
export type RejectionCode =
  | 'not_utf8'
  | 'not_json'
  | 'not_an_object'
  | 'unknown_shape'
  | 'missing_field'
  | 'wrong_type'
  | 'empty_service_name'
  | 'service_name_too_long'
  | 'unknown_severity'
  | 'bad_timestamp'
  | 'malformed_unicode'
  | 'row_refused';

/** A message that cannot become a row, with a reason for the person who reads the dead-letter topic. Never holds the payload. */
export interface Rejection {
  readonly code: RejectionCode;
  /** One line: which field, what it was, what would be right. At most 500 characters. */
  readonly reason: string;
}
