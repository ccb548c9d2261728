/**
 * What the service does, and where Google's emulator does something else. The suite asserts the one or the
 * other: an emulator that mends its ways fails the suite, and the quirk can go.
 */
export interface Quirks {
  /** An ack id that does not exist, or not any more, is passed over; the emulator refuses it. */
  readonly unknownAckIds: 'passed over' | 'refused';
  /** A stream's outstanding limits are kept; the emulator hands out everything. */
  readonly outstandingLimits: 'kept' | 'ignored';
  /** They belong into the first request; the emulator takes no notice. */
  readonly laterOutstandingLimits: 'refused' | 'ignored';
  /**
   * An empty request on a stream of protocol version 1 is answered by an empty response; the emulator says
   * nothing.
   */
  readonly keepAlives: 'answered' | 'never answered';
  /** Limits on the number and the size of attributes. */
  readonly attributeLimits: 'kept' | 'ignored';
  /** A request of more than 10 MB; the emulator leaves the client without an answer. */
  readonly oversizedPublish: 'refused' | 'never answered';
  /** An ack deadline below 10 s. */
  readonly shortAckDeadlines: 'refused' | 'accepted';
  /** Deadlines of ModifyAckDeadline above 600 s. */
  readonly longDeadlines: 'refused' | 'accepted';
  /** Delivery attempts other than 5 to 100. */
  readonly attemptsOutOfRange: 'INVALID_ARGUMENT' | 'OUT_OF_RANGE';
}

export const SERVICE: Quirks = {
  unknownAckIds: 'passed over',
  outstandingLimits: 'kept',
  laterOutstandingLimits: 'refused',
  keepAlives: 'answered',
  attributeLimits: 'kept',
  oversizedPublish: 'refused',
  shortAckDeadlines: 'refused',
  longDeadlines: 'refused',
  attemptsOutOfRange: 'INVALID_ARGUMENT',
};

export const EMULATOR: Quirks = {
  unknownAckIds: 'refused',
  outstandingLimits: 'ignored',
  laterOutstandingLimits: 'ignored',
  keepAlives: 'never answered',
  attributeLimits: 'ignored',
  oversizedPublish: 'never answered',
  shortAckDeadlines: 'accepted',
  longDeadlines: 'accepted',
  attemptsOutOfRange: 'OUT_OF_RANGE',
};
