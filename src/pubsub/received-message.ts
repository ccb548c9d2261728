import type { Delivery } from '../pipeline/ports.ts';
import { WireReader } from '../protobuf/wire.ts';
import type { AckId } from './ack-request.ts';

/** Field numbers of google/pubsub/v1/pubsub.proto. */
const RESPONSE = { receivedMessages: 1, subscriptionProperties: 4 };
const PROPERTIES = { exactlyOnce: 1, ordered: 2 };
const RECEIVED = { ackId: 1, message: 2 };
const MESSAGE = { data: 1, attributes: 2, messageId: 3, publishTime: 4 };
const ENTRY = { key: 1, value: 2 };
const TIME = { seconds: 1, nanos: 2 };

/** Bytes that a held message costs beside its own: the objects that carry it, measured roughly. */
const OVERHEAD_BYTES = 512;

/** How a subscription delivers, as the server says it on the stream. */
export interface SubscriptionProperties {
  /** It answers for each ack id whether it was in time. */
  readonly exactlyOnce: boolean;
  /** It takes acknowledgements of one ordering key in the order of its messages. */
  readonly ordered: boolean;
}

/** A response of the stream. */
export interface StreamResponse {
  readonly messages: readonly ReceivedMessage[];
  /** Undefined where the server says nothing of them. */
  readonly properties: SubscriptionProperties | undefined;
}

/**
 * What one response of the stream brought: its messages were leased at one moment and are extended together.
 */
export interface ResponseLease {
  /** When the response came, in the clock's milliseconds. */
  readonly receivedAtMs: number;
  /** When the lease began or was last extended, in the clock's milliseconds. */
  renewedAtMs: number;
  /** Those not settled yet, and some that are: the bytes of all of them are kept. */
  messages: readonly ReceivedMessage[];
  /** Bytes of `messages` as they came, and of those of them that are not settled. */
  keptBytes: number;
  openBytes: number;
}

/**
 * A message as it came, in the bytes of its response: what is asked for is read from there, and is garbage
 * soon after. A message is held for as long as its batch waits; whatever objects it is made of all live that
 * long, and moving them about costs more than reading a field anew. So it is this one object, and its lease
 * is shared with its neighbours.
 */
export class ReceivedMessage implements Delivery, AckId {
  /** Undefined until it is leased. */
  lease: ResponseLease | undefined;
  settled = false;
  /** Bytes that what was decoded of it takes beyond its own. */
  grownBytes = 0;
  #bytes: Buffer;
  #start: number;
  #end: number;
  #ackIdStart: number;
  #ackIdEnd: number;

  /** Ack id and message lie at these places in `bytes`. */
  constructor(bytes: Buffer, ackIdStart: number, ackIdEnd: number, start: number, end: number) {
    this.#bytes = bytes;
    this.#ackIdStart = ackIdStart;
    this.#ackIdEnd = ackIdEnd;
    this.#start = start;
    this.#end = end;
  }

  get ackIdBytes(): number {
    return this.#ackIdEnd - this.#ackIdStart;
  }

  copyAckId(target: Buffer, position: number): void {
    this.#bytes.copy(target, position, this.#ackIdStart, this.#ackIdEnd);
  }

  /** Bytes that `moveTo` takes. */
  get movedBytes(): number {
    return this.ackIdBytes + this.#end - this.#start;
  }

  /**
   * Copies itself into `target` from `position` on, and lies there from then on; returns the position after
   * it.
   */
  moveTo(target: Buffer, position: number): number {
    const start = position + this.#bytes.copy(target, position, this.#ackIdStart, this.#ackIdEnd);
    const end = start + this.#bytes.copy(target, start, this.#start, this.#end);
    this.#bytes = target;
    this.#ackIdStart = position;
    this.#ackIdEnd = start;
    this.#start = start;
    this.#end = end;
    return end;
  }

  get receivedAtMs(): number {
    return this.lease?.receivedAtMs ?? 0;
  }

  get bytes(): number {
    return this.publishedBytes + this.grownBytes;
  }

  /** As it came, and what an object costs. */
  get publishedBytes(): number {
    return OVERHEAD_BYTES + this.#end - this.#start;
  }

  get data(): Uint8Array {
    const fields = this.#to(MESSAGE.data);
    return fields === undefined
      ? this.#bytes.subarray(0, 0)
      : this.#bytes.subarray(fields.start, fields.position);
  }

  get attributes(): Record<string, string> {
    const attributes: Record<string, string> = {};
    const fields = this.#fields();
    while (fields.next()) if (fields.field === MESSAGE.attributes) addEntry(attributes, inner.enter(fields));
    return attributes;
  }

  attribute(name: string): string | undefined {
    let value: string | undefined;
    const fields = this.#fields();
    while (fields.next())
      if (fields.field === MESSAGE.attributes) value = valueOf(name, inner.enter(fields)) ?? value;
    return value;
  }

  /**
   * Put together from bytes and made a text once. Three texts, of the attribute, of both and of what both are
   * when they are written, cost half a microsecond more.
   */
  printableAttribute(name: string, longest: number, suffix: string): string | undefined {
    const fields = this.#fields();
    let text: string | undefined;
    while (fields.next())
      if (fields.field === MESSAGE.attributes && findValue(name, inner.enter(fields)))
        text = printable(inner, longest, suffix);
    return text;
  }

  get messageId(): string {
    return this.#to(MESSAGE.messageId)?.text() ?? '';
  }

  get publishTime(): { readonly seconds: number; readonly nanos: number } {
    const time = { seconds: 0, nanos: 0 };
    const fields = this.#to(MESSAGE.publishTime);
    if (fields === undefined) return time;
    inner.enter(fields);
    while (inner.next()) {
      if (inner.field === TIME.seconds) time.seconds = inner.number;
      else if (inner.field === TIME.nanos) time.nanos = inner.number;
    }
    return time;
  }

  #fields(): WireReader {
    return message.read(this.#bytes, this.#start, this.#end);
  }

  #to(field: number): WireReader | undefined {
    const fields = this.#fields();
    while (fields.next()) if (fields.field === field) return fields;
    return undefined;
  }
}

/**
 * One reader for each level, at work from its `read` or `enter` until what is there is read. One for every message
 * and field would be 800 bytes of garbage a message, half a microsecond to collect. Each keeps the bytes that it
 * read last: a response's at most.
 */
const response = new WireReader();
const received = new WireReader();
const message = new WireReader();
const inner = new WireReader();

/**
 * Reads a StreamingPullResponse: its messages stay encoded. Throws a RangeError if it is not well-formed;
 * then nothing that is read from its messages later does.
 */
export function readResponse(bytes: Buffer): StreamResponse {
  const messages: ReceivedMessage[] = [];
  let properties: SubscriptionProperties | undefined;
  const own = ownBytes(bytes);
  response.read(own, 0, own.length);
  while (response.next()) {
    if (response.field === RESPONSE.receivedMessages) messages.push(readMessage(received.enter(response)));
    else if (response.field === RESPONSE.subscriptionProperties)
      properties = readProperties(received.enter(response));
  }
  return { messages, properties };
}

function readProperties(fields: WireReader): SubscriptionProperties {
  let [exactlyOnce, ordered] = [false, false];
  while (fields.next()) {
    if (fields.field === PROPERTIES.exactlyOnce) exactlyOnce = fields.number !== 0;
    else if (fields.field === PROPERTIES.ordered) ordered = fields.number !== 0;
  }
  return { exactlyOnce, ordered };
}

/**
 * A small response lies in a block that others lie in too: a message that is held would keep the whole of it
 * in memory.
 */
function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength < 2 * bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

/** Moves messages to a block of their own, so that what lay around them can be freed. */
export function moveTogether(messages: readonly ReceivedMessage[]): void {
  const target = Buffer.allocUnsafeSlow(messages.reduce((sum, { movedBytes }) => sum + movedBytes, 0));
  let position = 0;
  for (const message of messages) position = message.moveTo(target, position);
}

function readMessage(fields: WireReader): ReceivedMessage {
  let [ackIdStart, ackIdEnd, start, end] = [0, 0, 0, 0];
  while (fields.next()) {
    if (fields.field === RECEIVED.ackId) {
      ackIdStart = fields.start;
      ackIdEnd = fields.position;
    } else if (fields.field === RECEIVED.message) {
      start = fields.start;
      end = fields.position;
      checkMessage(message.enter(fields));
    }
  }
  return new ReceivedMessage(fields.bytes, ackIdStart, ackIdEnd, start, end);
}

function checkMessage(fields: WireReader): void {
  while (fields.next())
    if (fields.field === MESSAGE.attributes || fields.field === MESSAGE.publishTime)
      inner.enter(fields).check();
}

function addEntry(attributes: Record<string, string>, fields: WireReader): void {
  let key = '';
  let value = '';
  while (fields.next()) {
    if (fields.field === ENTRY.key) key = fields.text();
    else if (fields.field === ENTRY.value) value = fields.text();
  }
  // The one name that an assignment would take for something else. Like every name it may come twice.
  if (key === '__proto__')
    Object.defineProperty(attributes, key, { value, enumerable: true, configurable: true, writable: true });
  else attributes[key] = value;
}

/** The value of an attribute if it has this name. */
function valueOf(name: string, fields: WireReader): string | undefined {
  return findValue(name, fields) ? fields.text() : undefined;
}

/** Whether an attribute has this name; the reader then stands at its value. */
function findValue(name: string, fields: WireReader): boolean {
  let named = name === '';
  let [start, end] = [0, 0];
  while (fields.next()) {
    if (fields.field === ENTRY.key) named = fields.isAscii(name);
    else if (fields.field === ENTRY.value) [start, end] = [fields.start, fields.position];
  }
  fields.start = start;
  fields.position = end;
  return named;
}

/** Where an id is put together. */
const ID = Buffer.alloc(256);

/** The value that the reader stands at, with `suffix` behind it; undefined if it is not as it has to be. */
function printable(
  { bytes, start, position }: WireReader,
  longest: number,
  suffix: string,
): string | undefined {
  const length = position - start;
  if (length === 0 || length > longest) return undefined;
  for (let at = 0; at < length; at += 1) {
    const code = bytes[start + at] ?? 0;
    if (code <= 0x20 || code >= 0x7f) return undefined;
    ID[at] = code;
  }
  for (let at = 0; at < suffix.length; at += 1) ID[length + at] = suffix.charCodeAt(at);
  return ID.toString('latin1', 0, length + suffix.length);
}
