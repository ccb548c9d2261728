import { UTC } from '../../../src/agent/formats/zone.ts';
import type { SourceEvent } from '../../../src/agent/reading/source-event.ts';
import { SourceReader, type SourceReaderOptions } from '../../../src/agent/reading/source-reader.ts';
import { CONTEXT } from '../formats/reading.ts';

const { observedMs } = CONTEXT;
export const ACCESS = '10.0.0.1 - ann [05/Nov/2026:13:45:00 +0000] "GET /a/b HTTP/1.1" 200 97';
export const CSV_HEADER = '"remotehost","rfc931","authuser","date","request","status","bytes"';
export const CSV = '"10.0.0.1","-","apache",1793886300,"GET /api/user HTTP/1.0",200,1234';

export type Options = Omit<SourceReaderOptions, 'zone'>;

export function readerOf(options: Options = {}): SourceReader {
  return new SourceReader({ zone: UTC, ...options });
}

export function readAll(bytes: string | Uint8Array, options: Options = {}): SourceEvent[] {
  const reader = readerOf(options);
  return [...reader.push(Buffer.from(bytes as string), observedMs), ...reader.end(observedMs)];
}

/** What is told of events, in short: what is in their tags beside what a format says. */
export function told(events: readonly SourceEvent[]): unknown[] {
  return events.map(({ reading: { payload, tags } }) => [
    payload,
    JSON.parse(JSON.stringify(tags)) as unknown,
  ]);
}

export const payloads = (events: readonly SourceEvent[]) => events.map(({ reading }) => reading.payload);
export const cri = (text: string, mark = 'F', stream = 'stdout', second = 0) =>
  `2026-11-05T13:45:0${String(second)}.123456789Z ${stream} ${mark} ${text}\n`;
