import { encodeField, varintLength, writeVarint } from '../../../src/protobuf/wire.ts';

/** An ExportLogsServiceRequest, as OTLP's JSON has it. */
export interface Export {
  readonly resourceLogs: readonly {
    readonly resource?: { readonly attributes: readonly KeyValue[] };
    readonly scopeLogs: readonly {
      readonly scope?: { readonly name: string; readonly version?: string };
      readonly logRecords: readonly LogRecord[];
    }[];
  }[];
}

export interface LogRecord {
  readonly timeUnixNano?: string;
  readonly observedTimeUnixNano?: string;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly body?: AnyValue;
  readonly attributes?: readonly KeyValue[];
  readonly traceId?: string;
  readonly spanId?: string;
}

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number | string }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }
  | { readonly kvlistValue: { readonly values: readonly KeyValue[] } }
  | { readonly bytesValue: string };

/** The same in protobuf. */
export function encodeExport({ resourceLogs }: Export): Buffer {
  return list(1, resourceLogs, ({ resource, scopeLogs }) => [
    ...(resource === undefined ? [] : [encodeField(1, list(1, resource.attributes, keyValue))]),
    list(2, scopeLogs, ({ scope, logRecords }) => [
      ...(scope === undefined
        ? []
        : [encodeField(1, Buffer.concat([text(1, scope.name), text(2, scope.version)]))]),
      list(2, logRecords, logRecord),
    ]),
  ]);
}

function logRecord(record: LogRecord): Buffer[] {
  return [
    fixed64(1, record.timeUnixNano),
    record.severityNumber === undefined ? NONE : varint(2, BigInt(record.severityNumber)),
    text(3, record.severityText),
    record.body === undefined ? NONE : encodeField(5, anyValue(record.body)),
    list(6, record.attributes ?? [], keyValue),
    record.traceId === undefined ? NONE : encodeField(9, Buffer.from(record.traceId, 'hex')),
    record.spanId === undefined ? NONE : encodeField(10, Buffer.from(record.spanId, 'hex')),
    fixed64(11, record.observedTimeUnixNano),
  ];
}

function keyValue({ key, value }: KeyValue): Buffer[] {
  return [text(1, key), encodeField(2, anyValue(value))];
}

function anyValue(value: AnyValue): Buffer {
  if ('stringValue' in value) return encodeField(1, Buffer.from(value.stringValue));
  if ('boolValue' in value) return varint(2, value.boolValue ? 1n : 0n);
  if ('intValue' in value) return varint(3, BigInt.asUintN(64, BigInt(value.intValue)));
  if ('doubleValue' in value) return double(4, Number(value.doubleValue));
  if ('arrayValue' in value)
    return encodeField(
      5,
      list(1, value.arrayValue.values, (each) => [anyValue(each)]),
    );
  if ('kvlistValue' in value) return encodeField(6, list(1, value.kvlistValue.values, keyValue));
  return encodeField(7, Buffer.from(value.bytesValue, 'base64'));
}

const NONE = Buffer.alloc(0);

function list<T>(field: number, values: readonly T[], encode: (value: T) => Buffer[]): Buffer {
  return Buffer.concat(values.map((value) => encodeField(field, Buffer.concat(encode(value)))));
}

function text(field: number, value: string | undefined): Buffer {
  return value === undefined ? NONE : encodeField(field, Buffer.from(value));
}

function fixed64(field: number, value: string | undefined): Buffer {
  if (value === undefined) return NONE;
  const bytes = Buffer.alloc(9);
  bytes[0] = (field << 3) | 1;
  bytes.writeBigUInt64LE(BigInt(value), 1);
  return bytes;
}

function double(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (field << 3) | 1;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

function varint(field: number, value: bigint): Buffer {
  const bytes: number[] = [field << 3];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** A push to Loki in protobuf, not packed. */
export function encodePush(
  streams: readonly {
    readonly labels: string;
    readonly entries: readonly {
      readonly seconds: number;
      readonly nanos: number;
      readonly line: string;
      readonly metadata?: Readonly<Record<string, string>>;
    }[];
  }[],
): Buffer {
  return list(1, streams, ({ labels, entries }) => [
    text(1, labels),
    list(2, entries, ({ seconds, nanos, line, metadata = {} }) => [
      encodeField(1, Buffer.concat([small(1, seconds), small(2, nanos)])),
      text(2, line),
      list(3, Object.entries(metadata), ([name, value]) => [text(1, name), text(2, value)]),
    ]),
  ]);
}

function small(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(1 + varintLength(value));
  bytes[0] = field << 3;
  writeVarint(bytes, 1, value);
  return bytes;
}
