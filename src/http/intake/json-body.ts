import { isUtf8 } from 'node:buffer';
import { elementTexts } from '../../logs/json-values.ts';
import { reject } from '../../logs/rejection.ts';
import { Problem } from '../problems.ts';
import type { HttpRequest } from '../route.ts';
import { type LinePiece, linePieces, linesOf } from './lines.ts';
import { originOf, otherBody, type RequestOrigin } from './origin.ts';
import { type Outcome, type Piece, receive, type ReceiveOptions } from './receive.ts';
import { type IncomingRecord, type Reading, readRecord } from './records.ts';

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
 * however many they are; everything else is read whole. `scope`: what the ids depend on beside the body.
 * Throws as `RequestBody`, `originOf` and `receive` do.
 */
export async function receiveJson(
  request: HttpRequest,
  reading: JsonReading,
  scope: readonly string[],
): Promise<Outcome> {
  return LINE_TYPES.has(request.body.type)
    ? await receiveLines(request, reading, scope)
    : await receiveWhole(request, reading, scope);
}

async function receiveWhole(
  request: HttpRequest,
  reading: JsonReading,
  scope: readonly string[],
): Promise<Outcome> {
  const body = await request.body.bytes();
  const origin = await originOf(request, scope, body);
  if (origin.answer !== undefined) return JSON.parse(origin.answer) as Outcome;
  const records = recordsOf(body, { ...reading, time: origin.time });
  return keep(
    origin,
    await receive(request, [{ identity: origin.identityOf(body), records }], optionsOf(origin)),
  );
}

async function receiveLines(
  request: HttpRequest,
  reading: JsonReading,
  scope: readonly string[],
): Promise<Outcome> {
  const pieces = linePieces(request.body.chunks(), (bytes) => {
    request.body.grow(bytes);
  });
  const first = await pieces.next();
  if (first.done === true) throw empty();
  const origin = await originOf(request, scope, first.value.digest);
  if (origin.answer !== undefined) return answerOfLines(origin.answer, first.value, pieces);
  const place = { next: 0 };
  let { digest: last } = first.value;
  const read = { ...reading, time: origin.time };
  async function* inPieces(): AsyncGenerator<Piece> {
    for (let piece = first; piece.done !== true; piece = await pieces.next()) {
      const { digest } = piece.value;
      last = digest;
      yield { identity: origin.identityOf(digest), records: lineRecords(piece.value, place, read) };
    }
  }
  const outcome = await receive(request, inPieces(), optionsOf(origin));
  await origin.finish(JSON.stringify({ outcome, digest: last.toString('hex') }));
  return outcome;
}

/** The first piece is known to be the same: the answer is that of the whole. Throws CONFLICT if the rest is another. */
async function answerOfLines(
  answer: string,
  first: LinePiece,
  others: AsyncIterable<LinePiece>,
): Promise<Outcome> {
  const kept = JSON.parse(answer) as { readonly outcome: Outcome; readonly digest: string };
  let { digest } = first;
  for await (const piece of others) ({ digest } = piece);
  if (digest.toString('hex') !== kept.digest) throw otherBody();
  return kept.outcome;
}

function optionsOf({ time }: RequestOrigin): ReceiveOptions {
  return { protocol: 'entries', time };
}

async function keep(origin: RequestOrigin, outcome: Outcome): Promise<Outcome> {
  await origin.finish(JSON.stringify(outcome));
  return outcome;
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
    const record = readRecord(Buffer.from(element), place, reading);
    yield isMended && element.includes('\ufffd') ? { ...record, isMended } : record;
    place += 1;
  }
}
