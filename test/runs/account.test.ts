import { describe, expect, it } from 'vitest';
import { RunAccount } from '../../src/runs/account.ts';
import { eventOf, numbered } from '../../src/runs/run-ids.ts';

const RUN = 'mi8p4k2x-07vq';
const seqOf = (run: string, eventId: string) => eventOf(run, eventId)?.seq;

function account(rows: readonly number[], deadLetters: readonly number[] = []): RunAccount {
  const it = new RunAccount(RUN);
  for (const seq of rows) it.addRow(numbered(RUN, seq).event_id);
  for (const seq of deadLetters) it.addDeadLetter(numbered(RUN, seq).event_id);
  return it;
}

describe('the number of a message', () => {
  it('is read from its event identity', () => {
    expect(seqOf(RUN, numbered(RUN, 12).event_id)).toBe(12);
    const others = ['other-12', `${RUN}12`, `${RUN}-`, `${RUN}-0`, `${RUN}-07`, `${RUN}-1e3`, `${RUN}-x-1`];
    expect(others.map((eventId) => seqOf(RUN, eventId))).toEqual(others.map(() => undefined));
    expect(seqOf(RUN, `${RUN}-99999999999999999999`)).toBeUndefined();
  });

  it('is read from the identity of its row too, which ends in a hash of its service', () => {
    expect(seqOf(RUN, `${RUN}-12~x7Kp2Q-_`)).toBe(12);
    const others = [
      `${RUN}-12~x7Kp2Q`,
      `${RUN}-12~x7Kp2QaB9`,
      `${RUN}-~x7Kp2QaB`,
      `${RUN}-0~x7Kp2QaB`,
      `${RUN}-12 x7Kp2QaB`,
    ];
    expect(others.map((eventId) => seqOf(RUN, eventId))).toEqual(others.map(() => undefined));
  });
});

describe('a message of a run that holds several entries', () => {
  it('is known by the number of each of its rows', () => {
    expect(eventOf(RUN, `${RUN}-12-0000~x7Kp2Q-_`)).toEqual({ seq: 12, isFirst: true });
    expect(eventOf(RUN, `${RUN}-12-0007~x7Kp2Q-_`)).toEqual({ seq: 12, isFirst: false });
    expect(eventOf(RUN, `${RUN}-12-0000-0001`)).toEqual({ seq: 12, isFirst: false });
    expect(eventOf(RUN, `${RUN}-12-07~x7Kp2Q-_`)).toBeUndefined();
  });

  it('is one message, and doubled only if its first entry has two rows', () => {
    const it = account([1]);
    for (const part of ['0000', '0001', '0002']) it.addRow(`${RUN}-2-${part}~x7Kp2QaB`);
    expect(it.summary(2)).toMatchObject({ stored: 2, complete: true });
    it.addRow(`${RUN}-2-0000~x7Kp2QaB`);
    expect(it.summary(2)).toMatchObject({ stored: 2, doubled: { total: 1 }, complete: false });
  });
});

describe('the account of a run', () => {
  it('is complete when every number has one row or a dead letter', () => {
    expect(account([1, 2, 4], [3, 3]).summary(4)).toEqual({
      run: RUN,
      published: 4,
      stored: 3,
      deadLettered: 1,
      both: 0,
      missing: { total: 0, ranges: [] },
      doubled: { total: 0, ranges: [] },
      unexpected: { total: 0, ranges: [] },
      complete: true,
    });
  });

  it('takes the highest number for the last when none is expected', () => {
    expect(account([3, 1, 2]).summary()).toMatchObject({ published: 3, complete: true });
    expect(account([3, 1], [5]).summary()).toMatchObject({
      published: 5,
      missing: {
        total: 2,
        ranges: [
          { first: 2, last: 2 },
          { first: 4, last: 4 },
        ],
      },
      complete: false,
    });
  });

  it.each<[string, readonly number[], number, object]>([
    ['the last are missing', [1, 2], 9, { missing: { total: 7, ranges: [{ first: 3, last: 9 }] } }],
    ['one has three rows', [1, 2, 2, 2], 2, { doubled: { total: 1, ranges: [{ first: 2, last: 2 }] } }],
    ['there are too many', [1, 2, 3, 4], 2, { unexpected: { total: 2, ranges: [{ first: 3, last: 4 }] } }],
    ['there is nothing', [], 0, { stored: 0 }],
  ])('is not complete when %s', (_name, rows, expected, found) => {
    expect(account(rows).summary(expected || undefined)).toMatchObject({ ...found, complete: false });
  });

  it('counts a message that has a row and a dead letter as stored', () => {
    expect(account([1, 2], [2]).summary()).toMatchObject({
      stored: 2,
      deadLettered: 0,
      both: 1,
      complete: true,
    });
  });

  it('lists a hundred ranges and counts the rest', () => {
    const even = Array.from({ length: 500 }, (_, n) => 2 * n + 2);
    const { missing } = account(even).summary();
    expect(missing.total).toBe(500);
    expect(missing.ranges).toHaveLength(100);
  });
});
