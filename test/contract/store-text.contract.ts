import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import type { Store } from '../../src/store/store.ts';
import { entries, entry } from './store-entries.ts';
import { stored } from './store-looks.ts';
import type { StoreSubject } from './store-subject.ts';

/** What every store does with text, whatever is in it. */
export function textContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: text`, () => {
    let subject: StoreSubject;
    let store: Store;
    let run = 0;

    beforeAll(async () => {
      subject = await makeSubject();
      store = await subject.open();
      await store.migrate();
    });
    afterAll(() => subject.dispose());

    /** Writes each with a key of its own and reads them back. */
    async function roundTrip(written: readonly Partial<LogEntry>[]): Promise<LogEntry[]> {
      run += 1;
      const mine = `run-${run}-`;
      const batch = written.map((changes, index) => ({ ...entry(changes), eventId: `${mine}${index}` }));
      expect(await store.write(batch)).toEqual({ stored: batch.length, duplicates: 0 });
      const rows = (await stored(store)).filter(({ eventId }) => eventId.startsWith(mine));
      const number = ({ eventId }: LogEntry) => Number(eventId.slice(mine.length));
      return rows.toSorted((a, b) => number(a) - number(b));
    }

    it('any well-formed text comes back as it was, in payload and service name', async () => {
      const text = fc.string({ unit: 'binary', maxLength: 60 });
      const texts = fc.array(fc.record({ payload: text, serviceName: text.map((t) => `<${t}>`) }), {
        minLength: 1,
      });
      await fc.assert(
        fc.asyncProperty(texts, async (written) => {
          const read = await roundTrip(written);
          expect(read.map(({ payload, serviceName }) => ({ payload, serviceName }))).toEqual(written);
        }),
        { numRuns: 40 },
      );
      expect(await store.verify()).toMatchObject({ agree: true });
    });

    it.each([
      ['NUL', 'before\0after'],
      ['only NUL', '\0'],
      ['control characters', '\x01\x07\b\t\n\v\f\r\x1a\x1b\x7f\u0085'],
      ['quotes and backslashes', `'"\`\\'\\\\; -- %_ \\0`],
      ['characters beyond 16 bits', '😀𝒳\u{10ffff}'],
      ['non-characters and a byte order mark', '\ufeff\ufffe\uffff\ufdd0'],
      ['trailing spaces', 'text   '],
      ['nothing', ''],
    ])('%s in a payload comes back', async (_, payload) => {
      expect((await roundTrip([{ payload }])).map((row) => row.payload)).toEqual([payload]);
    });

    it('a service name of 100 characters beyond 16 bits fits', async () => {
      const serviceName = '😀'.repeat(100);
      expect((await roundTrip([{ serviceName }])).map((row) => row.serviceName)).toEqual([serviceName]);
    });

    it('tags come back with the same meaning', async () => {
      const tags = { a: [1, 2.5, null, true], 'ключ "1"': { nested: '😀\\\n' } };
      const [row] = await roundTrip([{ tags: JSON.stringify(tags) }]);
      expect(JSON.parse(row?.tags ?? '')).toEqual(tags);
    });

    it('service names that differ in case, accent or inner space are different services', async () => {
      const names = ['resume', 'Resume', 'résumé', 'resumé', 're sume', 'ＲＥＳＵＭＥ', 'straße', 'strasse'];
      await roundTrip(names.map((serviceName) => ({ serviceName, severity: 'fatal' })));
      const { keys, agree } = await store.verify();
      const ones = keys.filter(({ severity, rows }) => severity === 'fatal' && rows === 1);
      expect(ones.map(({ serviceName }) => serviceName).toSorted()).toEqual(names.toSorted());
      expect(agree).toBe(true);
    });

    it('names that differ in trailing spaces leave the tables in step', async () => {
      await roundTrip([{ serviceName: 'space' }, { serviceName: 'space ' }]);
      await roundTrip([{ serviceName: 'space  ' }]);
      expect(await store.verify()).toMatchObject({ agree: true });
    });

    it('a text of any length is stored whole, beside rows with and without tags', async () => {
      const lengths = [
        0, 1, 23, 24, 25, 82, 83, 84, 250, 251, 21_844, 21_845, 21_846, 65_535, 65_536, 70_000,
      ];
      const texts = ['x', 'é', '語', '😀'].flatMap((one) => lengths.map((length) => one.repeat(length)));
      const written = texts.map((payload, index) => ({
        payload,
        tags: index % 3 === 0 ? null : JSON.stringify({ text: payload.slice(0, 9_000) }),
      }));
      const read = await roundTrip(written);
      const isWhole = ({ payload, tags }: LogEntry, index: number) =>
        payload === written[index]?.payload && isSameJson(tags, written[index].tags);
      expect(read.map(isWhole)).toEqual(written.map(() => true));
    });

    it('payloads of 10 MB are stored whole, alone and among small ones', async () => {
      const large = [{ payload: 'é'.repeat(5_000_000) }, { payload: 'x'.repeat(10_000_000) }];
      const written = [...entries(0, 20), ...large];
      const read = await roundTrip(written);
      // Not toEqual: a difference of 10 MB would take minutes to print.
      expect(read.map(({ payload }, index) => payload === written[index]?.payload)).toEqual(
        written.map(() => true),
      );
    });

    it('a batch of many large payloads is stored whole', async () => {
      const written = Array.from({ length: 6 }, (_, index) => ({ payload: String(index).repeat(5_000_000) }));
      const read = await roundTrip(written);
      expect(read.map(({ payload }, index) => payload === written[index]?.payload)).toEqual(
        written.map(() => true),
      );
    });
  });
}

function isSameJson(a: string | null, b: string | null): boolean {
  return isDeepStrictEqual(JSON.parse(a ?? 'null'), JSON.parse(b ?? 'null'));
}
