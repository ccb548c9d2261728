import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredSize } from '../../src/retention/ports.ts';
import { openStorage } from '../../src/store/open.ts';
import type { Storage } from '../../src/store/storage.ts';
import { entries } from './store-entries.ts';
import { SILENT, type StoreSubject } from './store-subject.ts';

const NEVER = new AbortController().signal;
const PAYLOAD_BYTES = 2_000;

/** What every database says of its size. */
export function storageContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: how large it is`, () => {
    let subject: StoreSubject;
    let storage: Storage;

    beforeEach(async () => {
      subject = await makeSubject();
      await subject.open();
      storage = await openStorage(subject.target, { log: SILENT });
    });
    afterEach(async () => {
      await storage.close();
      await subject.dispose();
    });

    async function fill(rows: number): Promise<void> {
      const store = await subject.open();
      await store.migrate();
      const payload = 'x'.repeat(PAYLOAD_BYTES);
      for (let from = 0; from < rows; from += 1_000)
        await store.write(entries(from, Math.min(rows, from + 1_000)).map((each) => ({ ...each, payload })));
    }

    it('without tables of ours nothing is known', async () => {
      expect(await storage.size()).toBeUndefined();
    });

    it('rows are seen to take their room soon, whatever an earlier look has left in a cache', async () => {
      await fill(0);
      const empty = usedBytes(await storage.size());
      await fill(4_000);
      // Servers renew their statistics in the background, some of them within a minute.
      await expect
        .poll(async () => usedBytes(await storage.size()) - empty, { timeout: 150_000, interval: 250 })
        .toBeGreaterThan(4_000 * PAYLOAD_BYTES);
      expect(usedBytes(await storage.size()) - empty).toBeLessThan(3 * 4_000 * PAYLOAD_BYTES);
      for (const { freeBytes } of (await storage.size())?.tables ?? [])
        expect(freeBytes).toBeGreaterThanOrEqual(0);
    }, 180_000);

    it('it can be asked for counts on the same connection', async () => {
      await fill(50);
      const counts = await storage.reader.keyCounts(NEVER);
      expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(50);
    });
  });
}

/** Of all tables. */
export function usedBytes(size: StoredSize | undefined): number {
  return (size?.tables ?? []).reduce((sum, { dataBytes, indexBytes }) => sum + dataBytes + indexBytes, 0);
}
