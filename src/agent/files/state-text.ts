import { LmsError } from '../../errors/catalogue.ts';
import { type FileRecord, parseRecord } from './record.ts';

/** What a state file says. */
export interface StateText {
  readonly records: readonly FileRecord[];
  /** What is wrong with it, in words; undefined if nothing is. */
  readonly damage?: string | undefined;
}

const VERSION = 1;
const MAX_RECORDS = 100_000;
const FIRST = `{"version":${String(VERSION)},"records":[`;
const LAST = ']}';

/** JSON of a record, by the record: most of them are the same as when they were written last. */
const TEXTS = new WeakMap<FileRecord, string>();

/** JSON with a record on each line: of a text that was cut, the lines before the cut can be read. */
export function stateText(records: Iterable<FileRecord>): string {
  return `${FIRST}\n${Array.from(records, recordText).join(',\n')}\n${LAST}\n`;
}

function recordText(record: FileRecord): string {
  let text = TEXTS.get(record);
  if (text === undefined) {
    text = JSON.stringify(record);
    TEXTS.set(record, text);
  }
  return text;
}

/**
 * Reads what `stateText` wrote, and of a damaged one what can be known. Throws an `LmsError` if a newer release wrote
 * it: what that means by it is not known here.
 */
export function parseState(text: string): StateText {
  const values = valuesOf(text);
  const records = new Map<string, FileRecord>();
  let damaged = 0;
  for (const value of values.values.slice(0, MAX_RECORDS)) {
    const parsed = parseRecord(value);
    if (parsed?.isWhole !== true || records.has(parsed.record.id)) damaged += 1;
    if (parsed !== undefined && !records.has(parsed.record.id)) records.set(parsed.record.id, parsed.record);
  }
  damaged += Math.max(0, values.values.length - MAX_RECORDS);
  const faults = [];
  if (values.damage !== undefined) faults.push(values.damage);
  if (damaged > 0) faults.push(`${damaged} of its records say what cannot be`);
  return {
    records: [...records.values()],
    damage: faults.length === 0 ? undefined : `${faults.join(', and ')}; ${records.size} were read`,
  };
}

interface Values {
  readonly values: readonly unknown[];
  readonly damage: string | undefined;
}

function valuesOf(text: string): Values {
  const whole = parsed(text);
  if (typeof whole === 'object' && whole !== null && 'records' in whole && Array.isArray(whole.records)) {
    const version = 'version' in whole ? whole.version : undefined;
    if (typeof version === 'number' && version > VERSION)
      throw new LmsError(
        'STATE',
        `The state of the files was written by a newer lms (version ${version} of it; this one knows ${VERSION}). ` +
          'Use that release, or name another --state: then all files are read from their beginning.',
      );
    return { values: whole.records, damage: version === VERSION ? undefined : 'it says no version' };
  }
  const values = text
    .split('\n')
    .map((line) => parsed(line.replace(/,$/, '')))
    .filter((value) => value !== undefined);
  return { values, damage: text === '' ? 'it is empty' : 'it is cut or was written over' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
