import { expect, it } from 'vitest';
import { ENTRY_COLUMNS, entryValues } from '../../../../src/store/columns.ts';
import { PACKET_HEAD_BYTES } from '../../../../src/store/mysql/driver/execute-packet.ts';
import { encodeRows, rowsBytes } from '../../../../src/store/mysql/write/encode-rows.ts';
import { WRITTEN_COLUMNS } from '../../../../src/store/mysql/write/statements.ts';
import { sampleEntry } from '../../../support/samples.ts';

it('a row is a bit for its missing tags, seven types and six values, each text after its length', () => {
  const entry = { ...sampleEntry('e'), payload: 'é', tags: null };
  const packet = encodeRows(Buffer.alloc(rowsBytes([entry])), [entry], 0x0102n);
  const text = (value: string) => [Buffer.byteLength(value), ...Buffer.from(value)];
  const types = [...Array.from({ length: 6 }, () => [0xfd, 0]).flat(), 8, 0];
  const texts = [entry.timestamp, 'e', 'alpha', 'info', 'é'].flatMap(text);
  expect([...packet.subarray(PACKET_HEAD_BYTES)]).toEqual([
    0b0010_0000,
    1,
    ...types,
    ...texts,
    ...[2, 1, 0, 0, 0, 0, 0, 0],
  ]);
});

it('rows for which there is too little room are no packet', () => {
  const entries = [sampleEntry('first'), { ...sampleEntry('last'), payload: 'x'.repeat(1_000) }];
  const whole = encodeRows(Buffer.alloc(rowsBytes(entries)), entries, 1n).length;
  for (let bytes = PACKET_HEAD_BYTES; bytes < whole; bytes += 1)
    expect(() => encodeRows(Buffer.alloc(bytes), entries, 1n), `${bytes} bytes`).toThrow(RangeError);
  expect(encodeRows(Buffer.alloc(whole), entries, 1n)).toHaveLength(whole);
});

it('the values of a row come in the order of the columns, and every column has one', () => {
  const entry = { ...sampleEntry('event'), serviceName: 'service', payload: 'payload', tags: '{}' };
  const values = entryValues(entry);
  expect(new Set(values).size).toBe(ENTRY_COLUMNS.length);
  const packet = encodeRows(Buffer.alloc(rowsBytes([entry])), [entry], 1n);
  const texts = values.flatMap((value) => [Buffer.byteLength(value ?? ''), ...Buffer.from(value ?? '')]);
  const head = PACKET_HEAD_BYTES + 1 + 1 + 2 * WRITTEN_COLUMNS.length;
  expect([...packet.subarray(head)]).toEqual([...texts, 1, 0, 0, 0, 0, 0, 0, 0]);
});
