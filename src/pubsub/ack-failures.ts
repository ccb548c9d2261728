import type { ServiceError } from '@grpc/grpc-js';
import { WireReader } from '../protobuf/wire.ts';

/**
 * What became of single ack ids of a refused request: `over` will never be acknowledged, for its lease is
 * over; `later` may be. What was asked for is done with those that are not named.
 */
export type AckFailures = ReadonlyMap<string, 'over' | 'later'>;

/** Where a refused call keeps its details, as a google.rpc.Status. */
const DETAILS = 'grpc-status-details-bin';
/** Field numbers of google/rpc/status.proto, google/protobuf/any.proto and google/rpc/error_details.proto. */
const STATUS = { details: 3 };
const ANY = { typeUrl: 1, value: 2 };
const ERROR_INFO = { metadata: 3 };
const ENTRY = { key: 1, value: 2 };
const ERROR_INFO_TYPE = 'type.googleapis.com/google.rpc.ErrorInfo';
const TRANSIENT = 'TRANSIENT_';

/**
 * Reads what a subscription with exactly-once delivery says of single ack ids when it refuses a request: an
 * ErrorInfo whose metadata has a code such as PERMANENT_FAILURE_INVALID_ACK_ID or
 * TRANSIENT_FAILURE_UNORDERED_ACK_ID by ack id. Empty if it says nothing.
 */
export function ackFailures(error: unknown): AckFailures {
  const failures = new Map<string, 'over' | 'later'>();
  if (!hasMetadata(error)) return failures;
  for (const details of error.metadata.get(DETAILS)) {
    try {
      if (Buffer.isBuffer(details)) readStatus(details, failures);
    } catch {
      // Not what it should be: then it says nothing.
    }
  }
  return failures;
}

function hasMetadata(error: unknown): error is Pick<ServiceError, 'metadata'> {
  return typeof error === 'object' && error !== null && 'metadata' in error && error.metadata !== undefined;
}

function readStatus(bytes: Buffer, failures: Map<string, 'over' | 'later'>): void {
  const status = new WireReader().read(bytes, 0, bytes.length);
  while (status.next())
    if (status.field === STATUS.details) readDetail(new WireReader().enter(status), failures);
}

function readDetail(any: WireReader, failures: Map<string, 'over' | 'later'>): void {
  const value = new WireReader();
  let type = '';
  while (any.next()) {
    if (any.field === ANY.typeUrl) type = any.text();
    else if (any.field === ANY.value) value.enter(any);
  }
  if (type !== ERROR_INFO_TYPE) return;
  while (value.next())
    if (value.field === ERROR_INFO.metadata) {
      const [ackId, code] = readEntry(new WireReader().enter(value));
      failures.set(ackId, code.startsWith(TRANSIENT) ? 'later' : 'over');
    }
}

function readEntry(entry: WireReader): [key: string, value: string] {
  let [key, value] = ['', ''];
  while (entry.next()) {
    if (entry.field === ENTRY.key) key = entry.text();
    else if (entry.field === ENTRY.value) value = entry.text();
  }
  return [key, value];
}
