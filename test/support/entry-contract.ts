import type { LogEntry } from '../../src/logs/entry.ts';
import { SEVERITIES } from '../../src/logs/severity.ts';

const FIELDS = ['eventId', 'payload', 'serviceName', 'severity', 'tags', 'timestamp'];

/**
 * What is wrong with an entry by the contract of `LogEntry`: nothing, for every entry that the decoder hands
 * out. Written without a line of the decoder's own, so that the two can disagree.
 */
export function contractFaults(entry: LogEntry): string[] {
  const faults: string[] = [];
  const expect = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  const characters = [...entry.serviceName].length;
  const { earlierEventId, ...always } = entry;
  expect(Object.keys(always).sort().join() === FIELDS.join(), 'has exactly the fields of a LogEntry');
  expect(
    !('earlierEventId' in entry) || (isId(earlierEventId) && earlierEventId !== entry.eventId),
    'earlierEventId is another id that fits the column',
  );
  expect(isColumnTime(entry.timestamp), 'timestamp is a real UTC time with microseconds, year 1000 to 9999');
  expect(isId(entry.eventId), 'eventId is 1 to 64 printable ASCII characters without spaces');
  expect(characters >= 1 && characters <= 100, 'serviceName has 1 to 100 characters');
  expect(entry.serviceName === entry.serviceName.trim(), 'serviceName has no white space around it');
  expect(entry.serviceName.isWellFormed(), 'serviceName is well-formed');
  expect(SEVERITIES.includes(entry.severity), 'severity is one of the five');
  expect(typeof entry.payload === 'string' && entry.payload.isWellFormed(), 'payload is well-formed text');
  expect(
    entry.tags === null || isTagsText(entry.tags),
    'tags are null or JSON text of an object that a column takes',
  );
  return faults;
}

function isId(id: unknown): boolean {
  return typeof id === 'string' && /^[!-~]{1,64}$/.test(id);
}

function isColumnTime(text: string): boolean {
  if (!/^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/.test(text)) return false;
  const milliseconds = `${text.slice(0, 10)}T${text.slice(11, 23)}Z`;
  const date = new Date(milliseconds);
  return !Number.isNaN(date.getTime()) && date.toISOString() === milliseconds;
}

function isTagsText(text: string): boolean {
  const tags: unknown = JSON.parse(text);
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags)) return false;
  return text.isWellFormed() && levels(tags) <= 31 && texts(tags).every((each) => each.isWellFormed());
}

function levels(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(levels));
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...texts(member)]);
}
