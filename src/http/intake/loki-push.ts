import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '../../logs/json.ts';
import { isJsonObject } from '../../logs/json.ts';
import { MalformedMessage, WireReader } from '../../protobuf/wire.ts';
import { Problem } from '../problems.ts';
import { MAX_RECORDS } from './whole.ts';

/** An entry of a stream. */
export interface LokiEntry {
  readonly labels: JsonObject;
  /** Nanoseconds since 1970, or another time; undefined if it says none. */
  readonly time: unknown;
  readonly line: unknown;
  readonly metadata: JsonObject;
}

/** What was pushed. */
export interface Push {
  /** Something that is no entry at all is null. */
  readonly entries: readonly (LokiEntry | null)[];
  /** UTF-16 units of all, the labels for each entry of their stream. */
  readonly units: number;
  /** Whether some text is no UTF-8. */
  readonly isMended: boolean;
}

const NONE: JsonObject = {};

/** A push in JSON, as it is now or as it was: `values` or `entries`, labels as an object or as text. */
export function pushOfJson(root: JsonObject): Omit<Push, 'isMended'> {
  const { streams } = root;
  if (!Array.isArray(streams))
    throw new Problem('BODY', 'The body has no streams: it should be a push of Loki.');
  const entries: (LokiEntry | null)[] = [];
  let units = 0;
  for (const stream of streams as readonly unknown[]) {
    const { labels, values } = isJsonObject(stream) ? streamOf(stream) : { labels: NONE, values: [null] };
    units += JSON.stringify(labels).length * values.length;
    for (const value of values) entries.push(entryOfJson(value, labels));
    if (entries.length > MAX_RECORDS) break;
  }
  return { entries, units };
}

function streamOf({ stream, labels, values, entries }: JsonObject): {
  readonly labels: JsonObject;
  readonly values: readonly unknown[];
} {
  const listed = values ?? entries;
  const named = stream ?? labels;
  return {
    labels: isJsonObject(named) ? named : labelsOf(typeof named === 'string' ? named : ''),
    values: Array.isArray(listed) ? listed : [null],
  };
}

function entryOfJson(value: unknown, labels: JsonObject): LokiEntry | null {
  if (Array.isArray(value)) {
    const [time, line, metadata] = value as readonly unknown[];
    return { labels, time, line, metadata: isJsonObject(metadata) ? metadata : NONE };
  }
  if (!isJsonObject(value)) return null;
  const { ts, timestamp, line, structuredMetadata: metadata } = value;
  return { labels, time: ts ?? timestamp, line, metadata: isJsonObject(metadata) ? metadata : NONE };
}

/** Loki takes fifteen labels of 2,048 bytes. */
const MAX_LABELS_UNITS = 100_000;
/** A name begins where no other goes on: what is none is looked at once. */
const LABEL = /(?<![\p{L}\p{N}_.:/-])([\p{L}_][\p{L}\p{N}_.:/-]*)\s*=\s*("(?:[^"\\]|\\.)*"|`[^`]*`)/gsu;
const BACKQUOTE = '`';

/** Labels as they are written, `{job="mysql", host="a"}`. Throws BODY for more than there can be. */
export function labelsOf(text: string): JsonObject {
  if (text.length > MAX_LABELS_UNITS)
    throw new Problem('BODY', `The labels of a stream should have at most ${MAX_LABELS_UNITS} characters.`);
  const labels = [...text.matchAll(LABEL)].map(([, name = '', value = '']): [string, string] => [
    name,
    unquoted(value),
  ]);
  return Object.fromEntries(labels);
}

/** A value in quotation marks, as Go writes it. */
function unquoted(value: string): string {
  const inner = value.slice(1, -1);
  if (value.startsWith(BACKQUOTE) || !inner.includes('\\')) return inner;
  return inner.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([^xuU]))/g,
    (whole, byte?: string, unit?: string, point?: string, other?: string) => {
      if (other !== undefined) return ESCAPES.get(other) ?? other;
      const code = Number.parseInt(byte ?? unit ?? point ?? '', 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
]);

/** A PushRequest in protobuf, unpacked. Throws BODY. */
export function pushOfProtobuf(bytes: Buffer): Push {
  const decoder = new PushDecoder();
  try {
    decoder.push(bytes);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new Problem('BODY', 'The body is no PushRequest of Loki in protobuf.', { cause: error });
  }
  return decoder;
}

class PushDecoder implements Push {
  readonly entries: LokiEntry[] = [];
  units = 0;
  isMended = false;
  #metadata = 0;

  push(bytes: Buffer): void {
    const reader = new WireReader().read(bytes, 0, bytes.length);
    while (reader.next()) if (reader.field === 1) this.#stream(reader);
  }

  #stream(outer: WireReader): void {
    let text = '';
    const starts: [number, number][] = [];
    const reader = new WireReader().enter(outer);
    while (reader.next()) {
      if (reader.field === 1) text = this.#text(reader);
      else if (reader.field === 2) starts.push([reader.start, reader.position]);
      if (this.entries.length + starts.length > MAX_RECORDS) throw tooMany();
    }
    const labels = labelsOf(text);
    this.units += text.length * starts.length;
    for (const [start, end] of starts)
      this.entries.push(this.#entry(new WireReader().read(outer.bytes, start, end), labels));
  }

  #entry(reader: WireReader, labels: JsonObject): LokiEntry {
    let time: unknown;
    let line = '';
    const metadata: [string, string][] = [];
    while (reader.next()) {
      if (reader.field === 1) time = timeOf(reader);
      else if (reader.field === 2) line = this.#text(reader);
      else if (reader.field === 3) metadata.push(this.#pair(reader));
    }
    return { labels, time, line, metadata: Object.fromEntries(metadata) };
  }

  #pair(outer: WireReader): [string, string] {
    this.#metadata += 1;
    if (this.#metadata > MAX_METADATA) throw tooMany();
    const pair: [string, string] = ['', ''];
    const reader = new WireReader().enter(outer);
    while (reader.next())
      if (reader.field === 1 || reader.field === 2) pair[reader.field - 1] = this.#text(reader);
    return pair;
  }

  #text(reader: WireReader): string {
    const text = reader.text();
    if (text.includes('\ufffd') && !isUtf8(reader.bytes.subarray(reader.start, reader.position)))
      this.isMended = true;
    return text;
  }
}

const MAX_METADATA = 1_000_000;

function tooMany(): Problem {
  return new Problem(
    'BODY_TOO_LARGE',
    `A push should have at most ${MAX_RECORDS} entries: send it in parts.`,
  );
}

function timeOf(outer: WireReader): unknown {
  let [seconds, nanos] = [0, 0];
  const reader = new WireReader().enter(outer);
  while (reader.next()) {
    if (reader.field === 1) seconds = reader.number;
    else if (reader.field === 2) nanos = reader.number;
  }
  // As nanoseconds, so that their last digits are found; few digits would be taken for a coarser time.
  if (seconds >= LEAST_TOLD_BY_DIGITS && nanos < 1e9) return `${seconds}${String(nanos).padStart(9, '0')}`;
  return { seconds, nanos };
}

const LEAST_TOLD_BY_DIGITS = 100_000_000;
