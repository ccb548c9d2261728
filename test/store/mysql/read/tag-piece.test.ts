import { describe, expect, it } from 'vitest';
import type { PieceRequest, TagPath } from '../../../../src/query/answers/ports.ts';
import { withLiterals } from '../../../../src/store/mysql/read/statements.ts';
import { tagPiece } from '../../../../src/store/mysql/read/tag-piece.ts';
import type { Row } from '../../../../src/store/rows.ts';

const KNOWN = ['user', 'code'].map((tag) => ({
  tag,
  index: `tag_${tag}`,
  value: (table: string) => `${table}.tag_${tag}`,
}));
const ROW: Row = {
  timestamp: '2026-11-25 14:00:05.000000',
  event_id: 'a',
  service_name: 'checkout',
  severity: 'info',
  payload: 'one',
  tags: null,
  created_at: '2026-11-25 14:00:06.000000',
};

/** A session that writes down what it is asked, and has these rows for what is asked first. */
function session(...answers: readonly (readonly Row[])[]) {
  const asked: string[] = [];
  const next = (sql: string) => {
    asked.push(sql);
    return answers[asked.length - 1] ?? [];
  };
  return {
    asked,
    query: (sql: string) => Promise.resolve(next(sql)),
    each(sql: string, values: unknown, take: (row: Row) => boolean) {
      expect(values).toBeUndefined();
      next(sql).forEach(take);
      return Promise.resolve();
    },
  };
}

function path(...names: readonly string[]): TagPath {
  return { kind: 'tags', tags: names.map((name) => ({ name, texts: ['7'] })) };
}

function request(tags: TagPath): PieceRequest {
  const filter = { kind: 'everything' } as const;
  return { stretch: { order: 'newest' }, path: tags, filter, maxRows: 1_000, maxEntries: 1 };
}

describe('a piece by indexes of tags', () => {
  it('takes one statement where there is one index, and none is prepared', async () => {
    const one = session([ROW]);
    const found = await tagPiece(one, request(path('user')), path('user'), KNOWN);
    expect(one.asked).toHaveLength(1);
    expect(found?.entries.map(({ eventId }) => eventId)).toEqual(['a']);
    expect(found?.end).toEqual({ timestamp: ROW['timestamp'], eventId: 'a' });
  });

  it('takes a sample more where there are several, and follows the one with the fewest rows', async () => {
    const end = { label: '1', key_time: '2026-11-25 14:00:00.000000', key_id: 'b' };
    const two = session([end], [ROW]);
    const both = path('code', 'user');
    await tagPiece(two, request(both), both, KNOWN);
    expect(two.asked).toHaveLength(2);
    expect(two.asked[1]).toMatch(/FROM service_logs FORCE INDEX \(`tag_code`\) STRAIGHT_JOIN/);
    const other = session([{ ...end, label: '0' }], [ROW]);
    await tagPiece(other, request(both), both, KNOWN);
    expect(other.asked[1]).toMatch(/FROM service_logs FORCE INDEX \(`tag_user`\) STRAIGHT_JOIN/);
  });

  it('asks where it ends once none of them is that rare', async () => {
    const ends = ['0', '1'].map((label) => ({
      label,
      key_time: `2026-11-25 14:00:0${label}.000000`,
      key_id: 'b',
    }));
    const all = session(ends, [{ ...ends[0], label: '' }], [ROW]);
    const both = path('code', 'user');
    await tagPiece(all, request(both), both, KNOWN);
    expect(all.asked).toHaveLength(3);
    expect(all.asked[1]).toContain('LIMIT 1 OFFSET 999');
  });
});

describe('values in a statement', () => {
  it('are bytes, whatever is in them', () => {
    const values = ["'; DROP TABLE x; --", '\\', '?', '😀'];
    const sql = withLiterals({ text: 'a = ? OR b = ? OR c = ? OR d = ?', values });
    const found = [...sql.matchAll(/_utf8mb4 x'([0-9a-f]*)'/g)];
    expect(found.map(([, hex = '']) => Buffer.from(hex, 'hex').toString())).toEqual(values);
    expect(sql.replaceAll(/_utf8mb4 x'[0-9a-f]*'/g, '?')).toBe('a = ? OR b = ? OR c = ? OR d = ?');
  });

  it('are one for each place', () => {
    expect(() => withLiterals({ text: 'a = ?', values: [] })).toThrow('not a value');
  });
});
