import { scopedId } from '../../logs/identity.ts';
import { isJsonObject, type JsonObject } from '../../logs/json.ts';
import type { Instant } from '../../logs/message.ts';
import { isRejection, reject } from '../../logs/rejection.ts';
import { Problem } from '../problems.ts';
import { linesOf } from './lines.ts';
import { type IncomingRecord, NO_ID, readRecord } from './records.ts';
import { MAX_RECORDS, UNKNOWN_SERVICE } from './whole.ts';

const ACTIONS = ['create', 'index', 'update', 'delete'] as const;

/** What is asked of one document of a `_bulk` request. */
export interface BulkItem {
  readonly action: (typeof ACTIONS)[number];
  readonly index: string;
  /** The client's own identity of it. */
  readonly id: string | undefined;
  /** The document; undefined if the request ends before it. */
  readonly source: Buffer | undefined;
}

/**
 * The items of a body: a line that says what to do, and one with the document, unless it is a deletion.
 * Throws BODY: one that cannot be told apart is as a whole none.
 */
export function bulkItems(body: Buffer, usualIndex: string | undefined): BulkItem[] {
  const items: BulkItem[] = [];
  const lines = linesOf(body);
  for (const line of lines) {
    const { action, target } = actionOf(line, items.length);
    const { _index: index, _id: id } = target;
    items.push({
      action,
      index: typeof index === 'string' && index !== '' ? index : (usualIndex ?? ''),
      id: typeof id === 'string' && id !== '' ? id : typeof id === 'number' ? String(id) : undefined,
      source: action === 'delete' ? undefined : nextOf(lines),
    });
    if (items.length > MAX_RECORDS)
      throw new Problem(
        'BODY_TOO_LARGE',
        `A request should have at most ${MAX_RECORDS} items: send it in parts.`,
      );
  }
  if (items.length === 0) throw new Problem('BODY', 'The body is empty: it should have an action a line.');
  return items;
}

function nextOf(lines: Generator<Buffer, unknown>): Buffer | undefined {
  const next = lines.next();
  return next.done === true ? undefined : next.value;
}

function actionOf(line: Buffer, place: number) {
  const value = parsed(line);
  const action = ACTIONS.find((each) => isJsonObject(value?.[each]));
  const target = action === undefined ? undefined : value?.[action];
  if (action !== undefined && isJsonObject(target)) return { action, target };
  const expected = `an action of ${ACTIONS.join(', ')}`;
  throw new Problem('BODY', `Item ${place} does not begin with a line of JSON that has ${expected}.`);
}

function parsed(line: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What items stand for. */
export function* bulkRecords(
  items: readonly BulkItem[],
  time: Instant,
  usualService: string | undefined,
): Generator<IncomingRecord> {
  for (const [place, item] of items.entries()) yield recordOf(item, place, { time, usualService });
}

interface BulkReading {
  readonly time: Instant;
  readonly usualService: string | undefined;
}

const EMPTY = Buffer.alloc(0);

function recordOf(
  { source, index, id }: BulkItem,
  place: number,
  { time, usualService }: BulkReading,
): IncomingRecord {
  if (source === undefined)
    return { place, decoded: reject('empty_data', 'There is no document behind the action.'), raw: EMPTY };
  const service = index === '' ? (usualService ?? UNKNOWN_SERVICE) : index;
  const record = readRecord(source, place, { time, service });
  const { decoded } = record;
  if (id === undefined || 'length' in decoded || isRejection(decoded)) return record;
  if (!decoded.eventId.startsWith(NO_ID)) return record;
  return { ...record, decoded: { ...decoded, eventId: scopedId(id, '', decoded.serviceName) } };
}
