import { describe, expect, it } from 'vitest';
import { csvOf, type CsvReader } from '../../src/export/csv.ts';
import type { StoredEntry } from '../../src/logs/entry.ts';

/** The line of one row with this payload, without its other fields. */
async function lineOf(payload: string, reader?: CsvReader): Promise<string> {
  const entry: StoredEntry = {
    timestamp: '2026-11-25 12:00:00.000000',
    eventId: '1',
    serviceName: 'cart',
    severity: 'info',
    payload,
    tags: null,
    createdAt: '2026-11-25 12:00:01.000000',
  };
  const chunks: string[] = [];
  for await (const chunk of csvOf(oneEntry(entry), reader)) chunks.push(chunk);
  const csv = chunks.join('');
  const [header, ...rest] = [csv.slice(0, csv.indexOf('\n')), csv.slice(csv.indexOf('\n') + 1)];
  expect(header).toBe('service_name,payload,severity,timestamp,created_at');
  return rest.join('').replace('cart,', '').replace(`,info,${entry.timestamp},${entry.createdAt}\n`, '');
}

async function* oneEntry(entry: StoredEntry): AsyncGenerator<StoredEntry> {
  yield entry;
}

describe('CSV', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    [' blank around ', '" blank around "'],
    ['=1+1', '=1+1'],
    ['\u001b[2J\u202e', '\u001b[2J\u202e'],
  ])('has %j as it is, quoted where it must be', async (payload, cell) => {
    expect(await lineOf(payload)).toBe(cell);
  });

  it.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    [' =1', "' =1"],
    ['＝1', "'＝1"],
    ['a=1', 'a=1'],
    ['', ''],
  ])('for a spreadsheet has %j as a text', async (payload, cell) => {
    expect(await lineOf(payload, { spreadsheet: true })).toBe(cell);
  });

  it('on a terminal shows what cannot be seen', async () => {
    expect(await lineOf('a\n\u001b[2J\u202eb', { terminal: true })).toBe('a\\n\\u001b[2J\\u202eb');
  });
});
