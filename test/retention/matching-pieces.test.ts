import { beforeEach, describe, expect, it } from 'vitest';
import { NOW_MS, RetentionGround } from '../support/retention-ground.ts';

let ground: RetentionGround;

beforeEach(() => {
  ground = new RetentionGround();
});

/** So many rows, 300 an hour from 1,000 hours ago back, of which `isHello` says which to go. */
function add(rows: number, isHello: (n: number) => boolean, serviceName?: (n: number) => string): void {
  for (let n = 0; n < rows; n += 1) {
    const changes = { payload: isHello(n) ? 'Hello' : 'kept', serviceName: serviceName?.(n) ?? 'alpha' };
    ground.database.add(ground.row(1_000 - n / 300, changes));
  }
}

function ways(): string[] {
  return ground.database.deletions.map(({ way }) => way);
}

describe('rows that are to be looked at', () => {
  it('are deleted by ranges where most of them go, and each is looked at once', async () => {
    add(20_000, (n) => n % 10 !== 0);
    await ground.apply('Hello=1d');
    expect((await ground.run()).rules).toMatchObject([{ deleted: 18_000, isDone: true }]);
    expect(ground.left()).toEqual(Array<string>(2_000).fill('kept'));
    expect(ways().lastIndexOf('keys')).toBeLessThanOrEqual(1);
    expect(ways().at(-1)).toBe('range of what matches');
    expect(ground.database.rowsRead).toBe(20_000);
  });

  it('are searched for, and deleted by keys, where few go', async () => {
    add(20_000, (n) => n % 4 === 0);
    await ground.apply('Hello=1d');
    await ground.run();
    expect(ground.left()).toHaveLength(15_000);
    expect(new Set(ways())).toEqual(new Set(['keys']));
    expect(ground.database.rowsRead).toBe(20_000);
  });

  it('are deleted as fits where they lie, now dense and now not', async () => {
    add(40_000, (n) => n % (Math.floor(n / 10_000) % 2 === 0 ? 1 : 40) === 0);
    await ground.apply('Hello=1d');
    await ground.run();
    expect(ground.left()).toEqual(Array<string>(40_000 - 20_500).fill('kept'));
    expect(new Set(ways())).toEqual(new Set(['keys', 'range of what matches']));
    expect(ground.database.rowsRead).toBe(40_000);
  });

  it('that an index leads to are not looked for in vain between others, but a few times', async () => {
    const isRare = (n: number) => n % 6 === 0;
    add(
      60_000,
      () => true,
      (n) => (isRare(n) ? 'rare' : 'alpha'),
    );
    ground.database.beforeDeletion = () => ground.clock.advance(200);
    await ground.apply('service:rare Hello=1d');
    await ground.run();
    expect(ground.database.rows.size).toBe(50_000);
    const tries = ways().filter((way) => way !== 'keys');
    expect(tries.length).toBeGreaterThan(0);
    expect(tries.length).toBeLessThanOrEqual(2);
    expect(ground.database.rowsRead).toBeLessThan(10_000 + 2 * 2_000 + 1_000);
  });

  it('stay where they are held, whatever lies dense', async () => {
    add(12_000, () => true);
    const [from, to] = [ground.row(980).timestamp, ground.row(970).timestamp];
    await ground.book.hold({ id: 'a', from, to, reason: '' }, 3_600);
    await ground.apply('Hello=1d');
    await ground.run();
    expect(ground.database.rows.size).toBe(3_000);
    expect(ground.book.nowMs).toBe(NOW_MS);
    expect(ways()).toContain('range of what matches');
  });
});
