import type { JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';

/** First bytes that say what a file is. */
const MAGIC: readonly (readonly [readonly number[], string])[] = [
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd data'],
  [[0x04, 0x22, 0x4d, 0x18], 'LZ4 data'],
  [[0x42, 0x5a, 0x68], 'bzip2 data'],
  [[0x4f, 0x62, 0x6a, 0x01], 'an Avro file'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP file'],
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG image'],
  [[0xff, 0xd8, 0xff], 'a JPEG image'],
  [[0xff, 0xfe], 'UTF-16 text'],
  [[0xfe, 0xff], 'UTF-16 text'],
];

/** What bytes look like that are no UTF-8: a noun phrase. */
export function looksOfBytes(data: Uint8Array): string {
  const known = MAGIC.find(([magic]) => magic.every((byte, at) => data[at] === byte));
  if (known !== undefined) return known[1];
  // Field 1 to 15 with a length: how a protobuf message nearly always begins.
  const [first = 0, length = 0] = data;
  if ((first & 0x87) === 0x02 && length <= data.length) return 'a protobuf message';
  return 'binary data, or text in another encoding';
}

/** How text looks, the first that fits. Each looks at no more than the beginning. */
const TEXT_LOOKS: readonly (readonly [RegExp, string])[] = [
  [/^\s*<(?:!doctype html|html)/i, 'an HTML page'],
  [/^\s*<(?:\?xml|!--|[a-z][\w:.-]*[\s/>])/i, 'an XML document'],
  [/^\s*[{[]/, 'JSON that is cut off or damaged'],
  [/^<\d{1,3}>/, 'a syslog message'],
  [/^\S+ \S+ \S+ \[[^\]]{10,40}\] "/, 'a line of an access log'],
  [/^CEF:\d/, 'a CEF event'],
  [/^---\s/, 'YAML'],
  // A value that begins with a quotation mark can be read in one way only: the pattern must not try two for
  // each.
  [/^\s*[\w.-]+=(?:"[^"]*"|[^\s"]\S*)?(?:\s+[\w.-]+=(?:"[^"]*"|[^\s"]\S*)?)+\s*$/, 'logfmt'],
  [/^[\w%.+-]+=[^\s&]*(?:&[\w%.+-]+=[^\s&]*)*$/, 'a submitted form'],
  [/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/, 'a line of a text log'],
];

/** How much of a text is looked at. */
const LOOKED_AT = 4_000;
const BASE64 = /^(?:[A-Za-z0-9+/\s]{4,}|[\w-]{4,})={0,2}\s*$/;

/** What text looks like that is no JSON: a noun phrase. */
export function looksOfText(text: string): string {
  const start = text.slice(0, LOOKED_AT);
  if (isBase64(start)) {
    const inside = Buffer.from(start.slice(0, 64).trim(), 'base64');
    return /^\s*[{[]/.test(inside.toString('latin1')) ? 'base64 text with JSON inside' : 'base64 text';
  }
  const known = TEXT_LOOKS.find(([pattern]) => pattern.test(start));
  if (known !== undefined) return known[1];
  return start.includes('\0') ? 'binary data' : 'plain text';
}

/** Words look like base64 too: it is longer than they are, and mixes what they do not. */
function isBase64(text: string): boolean {
  const trimmed = text.trim();
  if (!BASE64.test(trimmed) || trimmed.includes(' ')) return false;
  return (
    trimmed.endsWith('=') ||
    (trimmed.length >= 16 && /[A-Z]/.test(trimmed) && /[a-z]/.test(trimmed) && /\d/.test(trimmed))
  );
}

type Shape = readonly [string, (record: JsonObject) => boolean];

const text = (value: unknown): value is string => typeof value === 'string';

/** Objects that services publish and that are no log records. */
const SHAPES: readonly Shape[] = [
  ['a Security Command Center finding', ({ finding }) => isJsonObject(finding)],
  [
    'a write request for Cloud Logging: its entries should be messages of their own',
    ({ entries }) => Array.isArray(entries),
  ],
  ['an incident of Cloud Monitoring', ({ incident }) => isJsonObject(incident)],
  ['a notification of Cloud Storage', ({ kind }) => kind === 'storage#object'],
  ['a budget notification of Cloud Billing', ({ budgetDisplayName }) => budgetDisplayName !== undefined],
  ['a build of Cloud Build', ({ steps, logUrl }) => Array.isArray(steps) || logUrl !== undefined],
  ['a change in Cloud Asset Inventory', ({ asset, window }) => isJsonObject(asset) && window !== undefined],
  [
    'an OTLP export of traces or metrics',
    ({ resourceSpans, resourceMetrics }) => (resourceSpans ?? resourceMetrics) !== undefined,
  ],
  ['a notification of Amazon SNS', ({ Type, TopicArn }) => text(Type) && text(TopicArn)],
  [
    'a change event of a database',
    ({ before, after, op }) => op !== undefined && (before ?? after) !== undefined,
  ],
  [
    'a part of a Cloud Logging LogEntry: it should have logName, or insertId and a resource with type and labels',
    ({ textPayload, jsonPayload, protoPayload, insertId, resource, receiveTimestamp }) =>
      (textPayload ?? jsonPayload ?? protoPayload ?? insertId ?? receiveTimestamp) !== undefined ||
      (isJsonObject(resource) && text(resource['type'])),
  ],
  ['a GeoJSON object', ({ type, features, geometry }) => text(type) && (features ?? geometry) !== undefined],
  ['an answer or request of JSON-RPC', ({ jsonrpc }) => jsonrpc !== undefined],
  ['a log record without a level', ({ message, msg }) => (message ?? msg) !== undefined],
];

/** What an object looks like that is no record of any format: a noun phrase. */
export function looksOfObject(record: JsonObject): string {
  const names = Object.keys(record);
  if (names.length === 0) return 'an empty object';
  const known = SHAPES.find(([, matches]) => matches(record));
  return known?.[0] ?? 'an object of its own kind';
}
