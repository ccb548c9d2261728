import type { protos } from '@google-cloud/pubsub';
import { WireReader } from './wire.ts';

type PubsubMessage = protos.google.pubsub.v1.IPubsubMessage;
type StreamingPullResponse = protos.google.pubsub.v1.IStreamingPullResponse;
type ReceivedMessage = protos.google.pubsub.v1.IReceivedMessage;

/** Field numbers of google/pubsub/v1/pubsub.proto. */
const RECEIVED_MESSAGES = 1;
const RECEIVED = { ackId: 1, message: 2, deliveryAttempt: 3 };
const MESSAGE = { data: 1, attributes: 2, messageId: 3, publishTime: 4, orderingKey: 5 };
const ENTRY = { key: 1, value: 2 };
const TIME = { seconds: 1, nanos: 2 };

/**
 * A message as it came, in the bytes of its response: what is asked for is read from there, and is garbage soon after. A message is
 * held for as long as its batch waits; the objects that the client library makes of it would all live that long, and moving
 * them about was a third of the worker's work and of its memory.
 */
export class EncodedMessage implements PubsubMessage {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;

  /** Throws a RangeError if it is not well-formed; then nothing that is read later does. */
  constructor({ bytes, start, position }: WireReader) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = position;
    const fields = this.#fields();
    while (fields.next()) {
      if (fields.field !== MESSAGE.attributes && fields.field !== MESSAGE.publishTime) continue;
      fields.inner().check();
    }
  }

  /** Bytes that the whole message takes. */
  get encodedBytes(): number {
    return this.#end - this.#start;
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
    while (fields.next()) if (fields.field === MESSAGE.attributes) addEntry(attributes, fields.inner());
    return attributes;
  }

  get messageId(): string {
    return this.#to(MESSAGE.messageId)?.text() ?? '';
  }

  get publishTime(): { readonly seconds: number; readonly nanos: number } {
    const time = { seconds: 0, nanos: 0 };
    const fields = this.#to(MESSAGE.publishTime)?.inner();
    while (fields?.next()) {
      if (fields.field === TIME.seconds) time.seconds = fields.number;
      else if (fields.field === TIME.nanos) time.nanos = fields.number;
    }
    return time;
  }

  get orderingKey(): string {
    return this.#to(MESSAGE.orderingKey)?.text() ?? '';
  }

  #fields(): WireReader {
    return new WireReader(this.#bytes, this.#start, this.#end);
  }

  #to(field: number): WireReader | undefined {
    const fields = this.#fields();
    while (fields.next()) if (fields.field === field) return fields;
    return undefined;
  }
}

/** Reads a StreamingPullResponse: its messages stay encoded. Throws a RangeError if it is not well-formed. */
export function readResponse(bytes: Buffer): StreamingPullResponse {
  const receivedMessages: ReceivedMessage[] = [];
  const fields = new WireReader(bytes);
  while (fields.next())
    if (fields.field === RECEIVED_MESSAGES) receivedMessages.push(receivedMessage(fields.inner()));
  return { receivedMessages };
}

function receivedMessage(fields: WireReader): ReceivedMessage {
  const received: ReceivedMessage = { ackId: '', message: null, deliveryAttempt: 0 };
  while (fields.next()) {
    if (fields.field === RECEIVED.ackId) received.ackId = fields.text();
    else if (fields.field === RECEIVED.message) received.message = new EncodedMessage(fields);
    else if (fields.field === RECEIVED.deliveryAttempt) received.deliveryAttempt = fields.number;
  }
  return received;
}

function addEntry(attributes: Record<string, string>, fields: WireReader): void {
  let key = '';
  let value = '';
  while (fields.next()) {
    if (fields.field === ENTRY.key) key = fields.text();
    else if (fields.field === ENTRY.value) value = fields.text();
  }
  // The one name that an assignment would take for something else.
  if (key === '__proto__') Object.defineProperty(attributes, key, { value, enumerable: true });
  else attributes[key] = value;
}
