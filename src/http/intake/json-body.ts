import { isUtf8 } from 'node:buffer';
import { elementTexts } from '../../logs/json-values.ts';
import { reject } from '../../logs/rejection.ts';
import type { Done } from '../keyed.ts';
import { Problem } from '../problems.ts';
import type { HttpRequest } from '../route.ts';
import { type LinePiece, linePieces, linesOf } from './lines.ts';
import type { RequestOrigin } from './origin.ts';
import type { Piece } from './receive.ts';
import { type IncomingRecord, type Reading, readRecord } from './records.ts';
import { receiveOnce, receiveWhole, type Receiving } from './whole.ts';

/** What bodies of a record a line are called; those of other types are read whole. */
const LINE_TYPES: ReadonlySet<string> = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonl',
  'application/jsonlines',
  'application/x-jsonlines',
  'application/json-lines',
  'application/stream+json',
]);

/** How the records of a request are read; its own time is known later. */
export type JsonReading = Omit<Reading, 'time'>;

/**
 * Receives records in JSON: one object, an array of them, or one a line. Lines are published while they come,
 * however many they are; everything else is read whole. Throws as `RequestBody`, `keyed` and `receive` do.
 */
export async function receiveJson(
  request: HttpRequest,
  reading: JsonReading,
  receiving: Receiving,
): Promise<Done> {
  if (LINE_TYPES.has(request.body.type)) return await receiveLines(request, reading, receiving);
  const body = await request.body.bytes();
  return await receiveWhole(request, { ...receiving, body }, (time) => recordsOf(body, { ...reading, time }));
}

async function receiveLines(request: HttpRequest, reading: JsonReading, receiving: Receiving): Promise<Done> {
  const pieces = linePieces(request.body.chunks(), (bytes) => {
    request.body.grow(bytes);
  });
  const first = await pieces.next();
  if (first.done === true) throw empty();
  const { digest: firstDigest } = first.value;
  let digest = firstDigest;
  const place = { next: 0 };
  async function* inPieces({ identityOf, time }: RequestOrigin): AsyncGenerator<Piece> {
    for (let piece = first; piece.done !== true; piece = await pieces.next()) {
      ({ digest } = piece.value);
      yield { identity: identityOf(digest), records: lineRecords(piece.value, place, { ...reading, time }) };
    }
  }
  const bodyHash = () => firstDigest.toString('hex');
  const wholeHash = async () => {
    for await (const piece of pieces) ({ digest } = piece);
    return digest.toString('hex');
  };
  return await receiveOnce(request, { ...receiving, bodyHash, wholeHash }, inPieces);
}

function* lineRecords(
  { bytes, isCut }: Pick<LinePiece, 'bytes' | 'isCut'>,
  place: { next: number },
  reading: Reading,
): Generator<IncomingRecord> {
  for (const line of linesOf(bytes)) {
    const isWhole = !isCut || line.byteOffset + line.length < bytes.byteOffset + bytes.length;
    yield isWhole
      ? readRecord(line, place.next, reading)
      : { place: place.next, decoded: TOO_LONG, raw: line };
    place.next += 1;
  }
}

const TOO_LONG = reject('too_large', 'The line has more than 10 MB: its beginning is kept.');

const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
const LF = 0x0a;

/** The records of a whole body. Throws BODY. */
function recordsOf(body: Buffer, reading: Reading): Iterable<IncomingRecord> {
  const start = startOf(body);
  if (start === body.length) throw empty();
  if (body[start] === OPEN_LIST) return elementRecords(body.toString('utf8', start).trimEnd(), body, reading);
  if (body[start] !== OPEN_OBJECT)
    throw new Problem('BODY', 'The body should be JSON: an object, an array of them, or one a line.');
  const lineEnd = body.indexOf(LF, start);
  return lineEnd !== -1 && isObject(body.subarray(start, lineEnd))
    ? lineRecords({ bytes: body.subarray(start), isCut: false }, { next: 0 }, reading)
    : [readRecord(body.subarray(start), 0, reading)];
}

function empty(): Problem {
  return new Problem('BODY', 'The body is empty: it should have a log record in JSON.');
}

const BOM = Buffer.from('\ufeff');

function startOf(body: Buffer): number {
  let at = body.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
  while (at < body.length && /\s/.test(String.fromCharCode(body[at] ?? 0))) at += 1;
  return at;
}

/** Whether a line is an object by itself. */
function isObject(line: Buffer): boolean {
  try {
    return typeof JSON.parse(line.toString('utf8')) === 'object';
  } catch {
    return false;
  }
}

function* elementRecords(text: string, body: Buffer, reading: Reading): Generator<IncomingRecord> {
  if (!text.endsWith(']')) throw new Problem('BODY', 'The array in JSON is cut off: it should end with "]".');
  const isMended = text.includes('\ufffd') && !isUtf8(body);
  let place = 0;
  for (const element of elementTexts(text)) {
    const record = readRecord(element.startsWith('{') ? element : Buffer.from(element), place, reading);
    yield isMended && element.includes('\ufffd') ? { ...record, isMended } : record;
    place += 1;
  }
}
