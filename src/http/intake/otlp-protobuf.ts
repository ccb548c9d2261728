import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '../../logs/json.ts';
import { encodeField, MalformedMessage, varintLength, WireReader, writeVarint } from '../../protobuf/wire.ts';
import { Problem } from '../problems.ts';
import { MAX_RECORDS } from './whole.ts';

/** Log records, attributes and values of one request: each takes fifty times its least size in memory. */
const MAX_VALUES = 1_000_000;
/** A record that nests deeper is refused in any case. */
const MAX_DEPTH = 120;
const VARINT_BITS = 7n;

/** What a request in protobuf says, as it is in JSON. */
export interface DecodedExport {
  readonly root: JsonObject;
  /** Whether some text in it is no UTF-8. */
  readonly isMended: boolean;
}

/**
 * Reads an ExportLogsServiceRequest: the same objects as its JSON would have, with ids in hex, and what JSON
 * has no number for as text. Throws BODY, and BODY_TOO_LARGE for more values than memory is for.
 */
export function decodeExport(bytes: Buffer): DecodedExport {
  const decoder = new ExportDecoder();
  try {
    return { root: decoder.export(bytes), isMended: decoder.isMended };
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new Problem('BODY', 'The body is no ExportLogsServiceRequest in protobuf.', { cause: error });
  }
}

type Fields = Record<string, unknown>;

class ExportDecoder {
  isMended = false;
  #records = 0;
  #values = 0;

  export(bytes: Buffer): JsonObject {
    const resourceLogs: JsonObject[] = [];
    const reader = new WireReader().read(bytes, 0, bytes.length);
    while (reader.next()) if (reader.field === 1) resourceLogs.push(this.#resourceLogs(reader));
    return { resourceLogs };
  }

  #resourceLogs(outer: WireReader): JsonObject {
    const scopeLogs: JsonObject[] = [];
    const fields: Fields = { scopeLogs };
    const reader = new WireReader().enter(outer);
    while (reader.next()) {
      if (reader.field === 1) fields['resource'] = this.#attributed(reader, 1);
      else if (reader.field === 2) scopeLogs.push(this.#scopeLogs(reader));
    }
    return fields;
  }

  #scopeLogs(outer: WireReader): JsonObject {
    const logRecords: JsonObject[] = [];
    const fields: Fields = { logRecords };
    const reader = new WireReader().enter(outer);
    while (reader.next()) {
      if (reader.field === 1) fields['scope'] = this.#scope(reader);
      else if (reader.field === 2) logRecords.push(this.#logRecord(reader));
    }
    return fields;
  }

  /** A message whose attributes have this number. */
  #attributed(outer: WireReader, field: number): JsonObject {
    const attributes: JsonObject[] = [];
    const reader = new WireReader().enter(outer);
    while (reader.next()) if (reader.field === field) attributes.push(this.#keyValue(reader, 0));
    return { attributes };
  }

  #scope(outer: WireReader): JsonObject {
    const fields: Fields = {};
    const attributes: JsonObject[] = [];
    const reader = new WireReader().enter(outer);
    while (reader.next()) {
      if (reader.field === 1) fields['name'] = this.#text(reader);
      else if (reader.field === 2) fields['version'] = this.#text(reader);
      else if (reader.field === 3) attributes.push(this.#keyValue(reader, 0));
    }
    return attributes.length > 0 ? { ...fields, attributes } : fields;
  }

  #logRecord(outer: WireReader): JsonObject {
    this.#records += 1;
    if (this.#records > MAX_RECORDS) throw tooMany();
    const attributes: JsonObject[] = [];
    const fields: Fields = { attributes };
    const reader = new WireReader().enter(outer);
    while (reader.next()) this.#recordField(reader, fields, attributes);
    return fields;
  }

  #recordField(reader: WireReader, fields: Fields, attributes: JsonObject[]): void {
    switch (reader.field) {
      case 1:
        fields['timeUnixNano'] = fixed64(reader);
        break;
      case 2:
        fields['severityNumber'] = reader.number;
        break;
      case 3:
        fields['severityText'] = this.#text(reader);
        break;
      case 5:
        fields['body'] = this.#anyValue(reader, 0);
        break;
      case 6:
        attributes.push(this.#keyValue(reader, 0));
        break;
      case 7:
        if (reader.number > 0) fields['droppedAttributesCount'] = reader.number;
        break;
      case 8:
        fields['flags'] = fixed32(reader) || undefined;
        break;
      case 9:
        fields['traceId'] = reader.bytes.toString('hex', reader.start, reader.position);
        break;
      case 10:
        fields['spanId'] = reader.bytes.toString('hex', reader.start, reader.position);
        break;
      case 11:
        fields['observedTimeUnixNano'] = fixed64(reader);
        break;
      case 12:
        fields['eventName'] = this.#text(reader) || undefined;
        break;
      default:
    }
  }

  #keyValue(outer: WireReader, depth: number): JsonObject {
    this.#count();
    let key = '';
    let value: JsonObject = {};
    const reader = new WireReader().enter(outer);
    while (reader.next()) {
      if (reader.field === 1) key = this.#text(reader);
      else if (reader.field === 2) value = this.#anyValue(reader, depth);
    }
    return { key, value };
  }

  #anyValue(outer: WireReader, depth: number): JsonObject {
    this.#count();
    if (depth > MAX_DEPTH) return {};
    const reader = new WireReader().enter(outer);
    let value: JsonObject = {};
    let start = reader.position;
    while (reader.next()) {
      value = this.#valueOf(reader, { depth, start }) ?? value;
      start = reader.position;
    }
    return value;
  }

  /** `start`: where the field begins. */
  #valueOf(
    reader: WireReader,
    { depth, start }: { readonly depth: number; readonly start: number },
  ): JsonObject | undefined {
    switch (reader.field) {
      case 1:
        return { stringValue: this.#text(reader) };
      case 2:
        return { boolValue: reader.number !== 0 };
      case 3:
        return { intValue: exactInteger(reader, start) };
      case 4:
        return { doubleValue: double(reader) };
      case 5:
        return { arrayValue: { values: this.#list(reader, (each) => this.#anyValue(each, depth + 1)) } };
      case 6:
        return { kvlistValue: { values: this.#list(reader, (each) => this.#keyValue(each, depth + 1)) } };
      case 7:
        return { bytesValue: reader.bytes.toString('base64', reader.start, reader.position) };
      default:
        return undefined;
    }
  }

  #list(outer: WireReader, read: (each: WireReader) => JsonObject): JsonObject[] {
    const list: JsonObject[] = [];
    const reader = new WireReader().enter(outer);
    while (reader.next()) if (reader.field === 1) list.push(read(reader));
    return list;
  }

  #text(reader: WireReader): string {
    const text = reader.text();
    if (text.includes('\ufffd') && !isUtf8(reader.bytes.subarray(reader.start, reader.position)))
      this.isMended = true;
    return text;
  }

  #count(): void {
    this.#values += 1;
    if (this.#values > MAX_VALUES) throw tooMany();
  }
}

function tooMany(): Problem {
  return new Problem(
    'BODY_TOO_LARGE',
    `A request should have at most ${MAX_RECORDS} log records and ${MAX_VALUES} values: send it in parts.`,
  );
}

/** The value lies before the position. Of a field of another kind it is some number, or the body is malformed. */
function fixed64({ bytes, position }: WireReader): string {
  if (position < 8) throw new MalformedMessage();
  return String(bytes.readBigUInt64LE(position - 8));
}

function fixed32({ bytes, position }: WireReader): number {
  if (position < 4) throw new MalformedMessage();
  return bytes.readUInt32LE(position - 4);
}

function double({ bytes, position }: WireReader): unknown {
  if (position < 8) throw new MalformedMessage();
  const value = bytes.readDoubleLE(position - 8);
  return Number.isFinite(value) ? value : String(value);
}

/** A 64-bit integer: one that a number of JavaScript cannot hold is text. `start`: of its tag, a byte long. */
function exactInteger({ bytes, number, position }: WireReader, start: number): number | string {
  if (Number.isSafeInteger(number)) return number;
  let value = 0n;
  for (let at = position - 1; at > start; at -= 1)
    value = (value << VARINT_BITS) | BigInt((bytes[at] ?? 0) & 0x7f);
  const signed = BigInt.asIntN(64, value);
  const small = Number(signed);
  return Number.isSafeInteger(small) ? small : String(signed);
}

/** An ExportLogsServiceResponse. */
export function encodeResponse(rejected: number, message: string): Uint8Array {
  if (rejected === 0) return new Uint8Array();
  return encodeField(1, Buffer.concat([varintField(1, rejected), encodeField(2, Buffer.from(message))]));
}

/** A google.rpc.Status. */
export function encodeStatus(code: number, message: string): Uint8Array {
  return Buffer.concat([varintField(1, code), encodeField(2, Buffer.from(message))]);
}

function varintField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(1 + varintLength(value));
  bytes[0] = field << 3;
  writeVarint(bytes, 1, value);
  return bytes;
}
