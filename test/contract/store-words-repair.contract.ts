import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../src/query/parse.ts';
import { entry } from './store-entries.ts';
import type { StoreSubject } from './store-subject.ts';
import { wordsGround } from './words-ground.ts';

const FILTERS = ['timeout', 'n3', 'n70', 'w7', 'timeout kelvin'].map((expression) => {
  const filter = parseFilter(expression, { nowMs: 0, zone: 'UTC' });
  if ('message' in filter) throw new TypeError(filter.message);
  return filter;
});
const MINUTES = ['2026-01-01 00:00', '2026-01-01 00:01'];
/** In two minutes, of which blocks see every row. */
const ROWS = Array.from({ length: 200 }, (_, n) =>
  entry({
    timestamp: `${MINUTES[n % 2] ?? ''}:${String(n % 60).padStart(2, '0')}.000000`,
    eventId: `e${n}`,
    serviceName: `s${n % 3}`,
    payload: `n${n} w${n * 7} x${n * 13}`,
  }),
);

/** What a repair of the counts leaves of the index of words. */
export function wordsRepairContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: the index of words after a repair`, () => {
    const ground = wordsGround(makeSubject);

    it('leaves out no row that came late where rows were taken off that blocks had seen', async () => {
      const { store, subject } = ground.opened;
      await store.write(ROWS);
      await ground.build();
      expect(await ground.expectCovered(ROWS, FILTERS)).toBeGreaterThan(0.1);
      // Behind our back, so that the counts stay: rows, and once more counts that there are no rows of.
      const [gone, left] = [ROWS.slice(0, 60), ROWS.slice(60)];
      const ids = gone.map(({ eventId }) => `'${eventId}'`).join();
      await subject.sql(`DELETE FROM service_logs WHERE event_id IN (${ids})`);
      await subject.sql(
        `UPDATE service_severity_minutes SET \`count\` = \`count\` + 3 WHERE service_name = 's1'`,
      );
      await store.repair({ apply: true });
      await store.fillRollups();
      expect(await ground.expectCovered(left, FILTERS)).toBeDefined();
      // As many as are gone: there are as many rows as the blocks saw, but not the same.
      const late = gone.map((each, n) => ({ ...each, eventId: `late${n}`, payload: `n${n} timeout kelvin` }));
      await store.write(late);
      expect((await store.verify()).agree).toBe(true);
      expect(await ground.expectCovered([...left, ...late], FILTERS)).toBeDefined();
      await ground.build({ sizes: { lateRows: 1 } });
      expect(await ground.expectCovered([...left, ...late], FILTERS)).toBeDefined();
    });
  });
}
