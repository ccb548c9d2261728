import { Metadata } from '@grpc/grpc-js';
import { encodeField, varintLength, writeVarint } from '../../protobuf/wire.ts';

/** Field numbers of google/rpc/status.proto, google/protobuf/any.proto and google/rpc/error_details.proto. */
const STATUS = { code: 1, details: 3 };
const ANY = { typeUrl: 1, value: 2 };
const ERROR_INFO = { reason: 1, domain: 2, metadata: 3 };
const ENTRY = { key: 1, value: 2 };

/** The trailing metadata with which the service refuses single ack ids: codes by ack id, in an ErrorInfo. */
export function ackFailureMetadata(statusCode: number, codes: ReadonlyMap<string, string>): Metadata {
  const entries = Array.from(codes, ([ackId, code]) =>
    encodeField(ERROR_INFO.metadata, Buffer.concat([text(ENTRY.key, ackId), text(ENTRY.value, code)])),
  );
  const errorInfo = Buffer.concat([
    text(ERROR_INFO.reason, 'EXACTLY_ONCE_ACKID_FAILURE'),
    text(ERROR_INFO.domain, 'pubsub.googleapis.com'),
    ...entries,
  ]);
  const any = Buffer.concat([
    text(ANY.typeUrl, 'type.googleapis.com/google.rpc.ErrorInfo'),
    encodeField(ANY.value, errorInfo),
  ]);
  const metadata = new Metadata();
  const status = Buffer.concat([number(STATUS.code, statusCode), encodeField(STATUS.details, any)]);
  metadata.set('grpc-status-details-bin', status);
  return metadata;
}

function text(field: number, value: string): Buffer {
  return encodeField(field, Buffer.from(value));
}

function number(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(1 + varintLength(value));
  bytes[0] = field << 3;
  writeVarint(bytes, 1, value);
  return bytes;
}
