/**
 * A message as Pub/Sub hands it over: what the decoder reads.
 *
 * `messageId` and `publishTime` are the same on every redelivery.
 */
export interface Message {
  /** Assigned by Pub/Sub on publish; ASCII. */
  readonly messageId: string;
  /** When Pub/Sub took the message. */
  readonly publishTime: Instant;
  /** The published bytes, untouched. */
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  /** As `attributes[name]`, without making the others. The name is ASCII. */
  attribute?(name: string): string | undefined;
  /**
   * The attribute with `suffix` behind it, if it is 1 to `longest` printable ASCII characters without spaces;
   * undefined if not, or if there is none of this name.
   */
  printableAttribute?(name: string, longest: number, suffix: string): string | undefined;
}

/** One attribute of a message; undefined if it has none of this name. */
export function attributeOf(message: Message, name: string): string | undefined {
  return message.attribute ? message.attribute(name) : message.attributes[name];
}

/**
 * A point in time as protobuf's Timestamp carries it: Unix seconds and nanoseconds within that second (0 to
 * 999,999,999).
 */
export interface Instant {
  readonly seconds: number;
  readonly nanos: number;
}

/** A message on its way to a topic. */
export interface OutgoingMessage {
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Names of the attributes that LMS reads and writes on messages.
 *
 * `event_id` is the publisher's own identity for a message: it survives a publish that was retried and a
 * replay from the dead-letter topic, where Pub/Sub's `messageId` does not. `run` and `seq` number a
 * publisher's messages so that gaps and duplicates can be found afterwards.
 *
 * A replayed copy names the message it was copied from in `original_message_id` and `original_publish_time`
 * (RFC 3339): the decoder takes them for the copy's own, so that an event which has nothing else to be known
 * by, or no timestamp, keeps its key however often it is replayed.
 *
 * The attributes of a CloudEvent in binary mode begin with `ce-`. `service_name`, else `service`, names the
 * service of a record that does not name it.
 */
export const ATTRIBUTES = {
  eventId: 'event_id',
  run: 'run',
  seq: 'seq',
  originalMessageId: 'original_message_id',
  originalPublishTime: 'original_publish_time',
  cloudEventId: 'ce-id',
  cloudEventSource: 'ce-source',
  cloudEventTime: 'ce-time',
  cloudEventVersion: 'ce-specversion',
  serviceName: 'service_name',
  service: 'service',
  /**
   * Of a dead letter from one who may not write all services: what their names begin with where they are stored,
   * and not in it; may be empty. Published again as it is, it could be anybody's.
   */
  namespace: 'lms_namespace',
} as const;
