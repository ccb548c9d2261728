import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOf, readRecord } from '../../../src/http/intake/records.ts';

const reading = { time: { seconds: 1_764_079_205, nanos: 0 }, service: 'cart' };
const names = ['service_name', 'payload', 'severity', 'level', 'msg', 'resourceLogs', 'message', 'data'];

it('a record is the same whether it is read from its text or from its bytes', () => {
  const member = fc.tuple(fc.constantFrom(...names, '__proto__'), fc.json());
  const some = fc.array(member, { maxLength: 6 });
  const rest = fc.constantFrom('}', '', '}}', '}{"a":1}', '} \n{"msg":"b"}');
  const known = fc.constantFrom('', '"service_name":"a","payload":"b","severity":"info",', '"msg":"a😀",');
  fc.assert(
    fc.property(known, some, rest, (head, members, tail) => {
      const text = `{${head}${members.map(([name, json]) => `"${name}":${json}`).join(',')}${tail}`;
      for (const mapping of [undefined, { message: 'data' }]) {
        const ofText = readRecord(text, 3, { ...reading, mapping });
        const ofBytes = readRecord(Buffer.from(text), 3, { ...reading, mapping });
        expect(ofText).toEqual({ ...ofBytes, raw: text });
        expect(bytesOf(ofText.raw)).toEqual(bytesOf(ofBytes.raw));
      }
    }),
  );
});
