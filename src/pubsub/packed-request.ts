import { lengthDelimited, varintLength, WireReader, writeVarint } from '../protobuf/wire.ts';
import { PUBLISH_LIMITS } from './publish-request.ts';

/** A PublishRequest as it is sent. */
export interface PackedRequest {
  readonly bytes: Buffer;
  readonly messages: number;
}

/** A message is refused before it and what is around it have 10 MB together. */
const MAX_TEXT_BYTES = 9_900_000;

/** Tags of the fields in google/pubsub/v1/pubsub.proto: the request's topic and messages, and a message's data. */
const TOPIC = lengthDelimited(1);
const MESSAGES = lengthDelimited(2);
const DATA = lengthDelimited(1);
/** Of the answer. */
const MESSAGE_IDS = 1;

/**
 * Encodes texts, each the data of a message, in as few requests to a topic, by its full name, as the service's limits
 * allow. There is no object for a message, and its text is copied once: that costs a quarter of what the client
 * library does. `allocate` gives a buffer of that size. `tooLarge` has the places of texts that are left out.
 */
export function packTexts(
  topic: string,
  texts: readonly string[],
  allocate: (bytes: number) => Buffer,
  limits = PUBLISH_LIMITS,
): { readonly requests: PackedRequest[]; readonly tooLarge: readonly number[] } {
  const requests: PackedRequest[] = [];
  const tooLarge: number[] = [];
  const topicBytes = fieldBytes(Buffer.byteLength(topic));
  let open: SizedText[] = [];
  let bytes = topicBytes;
  const close = () => {
    if (open.length > 0) requests.push(requestOf(topic, open, allocate(bytes)));
    open = [];
    bytes = topicBytes;
  };
  for (const [place, text] of texts.entries()) {
    const size = Buffer.byteLength(text);
    const needed = fieldBytes(fieldBytes(size));
    if (size > MAX_TEXT_BYTES) {
      tooLarge.push(place);
      continue;
    }
    if (open.length === limits.maxMessages || bytes + needed > limits.maxBytes) close();
    open.push({ text, size });
    bytes += needed;
  }
  close();
  return { requests, tooLarge };
}

/** How many messages a PublishResponse confirms. Throws `MalformedMessage` if it is none. */
export function confirmedMessages(answer: Buffer): number {
  const reader = new WireReader().read(answer, 0, answer.length);
  let ids = 0;
  while (reader.next()) if (reader.field === MESSAGE_IDS) ids += 1;
  return ids;
}

interface SizedText {
  readonly text: string;
  /** Bytes of it in UTF-8. */
  readonly size: number;
}

function requestOf(topic: string, texts: readonly SizedText[], request: Buffer): PackedRequest {
  let at = writeHead(request, 0, TOPIC, Buffer.byteLength(topic));
  at += request.write(topic, at);
  for (const { text, size } of texts) {
    at = writeHead(request, at, MESSAGES, fieldBytes(size));
    at = writeHead(request, at, DATA, size);
    // As many bytes as characters: ASCII, which is copied as it is.
    at += request.write(text, at, size === text.length ? 'latin1' : 'utf8');
  }
  return { bytes: request, messages: texts.length };
}

/** Bytes of a field whose value has so many. */
function fieldBytes(size: number): number {
  return 1 + varintLength(size) + size;
}

function writeHead(target: Buffer, at: number, tag: number, size: number): number {
  target[at] = tag;
  return writeVarint(target, at + 1, size);
}
