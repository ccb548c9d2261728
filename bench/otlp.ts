import { SEVERITIES } from '../src/logs/severity.ts';
import { encodeField, varintLength, writeVarint } from '../src/protobuf/wire.ts';
import { line } from './messages.ts';

/*
 * Log records as OpenTelemetry's exporters send them, in protobuf: opentelemetry/proto/logs/v1/logs.proto and
 * opentelemetry/proto/collector/logs/v1/logs_service.proto.
 */

const NUMBERS: Readonly<Record<string, number>> = { debug: 5, info: 9, warn: 13, error: 17, fatal: 21 };

/** A request with the same lines that `line` makes, `length` of them from number `start` on. */
export function otlpRequest(start: number, length: number, bytes: number): Buffer {
  const records = Array.from({ length }, (_, index) => encodeField(2, record(start + index, bytes)));
  const resource = encodeField(1, attribute('service.name', 'service-1'));
  const scope = encodeField(2, Buffer.concat(records));
  return encodeField(1, Buffer.concat([encodeField(1, resource), scope]));
}

function record(seq: number, bytes: number): Buffer {
  const { payload, severity, timestamp } = JSON.parse(line(seq, bytes)) as Record<string, string>;
  const number = NUMBERS[severity ?? ''] ?? 9;
  const nanos = BigInt(Date.parse(timestamp ?? '')) * 1_000_000n + BigInt(seq % 1_000) * 1_000n;
  return Buffer.concat([
    fixed64(1, nanos),
    varint(2, number),
    text(3, SEVERITIES.find((each) => each === severity)?.toUpperCase() ?? ''),
    encodeField(5, text(1, payload ?? '')),
    encodeField(6, attribute('http.route', '/photos/{id}')),
  ]);
}

function attribute(key: string, value: string): Buffer {
  return Buffer.concat([text(1, key), encodeField(2, text(1, value))]);
}

function text(field: number, value: string): Buffer {
  return encodeField(field, Buffer.from(value));
}

function varint(field: number, value: number): Buffer {
  const encoded = Buffer.alloc(1 + varintLength(value));
  encoded[0] = field << 3;
  writeVarint(encoded, 1, value);
  return encoded;
}

function fixed64(field: number, value: bigint): Buffer {
  const encoded = Buffer.alloc(9);
  encoded[0] = (field << 3) | 1;
  encoded.writeBigUInt64LE(value, 1);
  return encoded;
}
