import { describe, expect, it } from 'vitest';
import { readStoredSize } from '../../../src/store/mysql/storage.ts';
import type { Row } from '../../../src/store/rows.ts';

const TABLE = {
  name: 'service_logs',
  table_rows: '1000',
  data_bytes: '16384',
  index_bytes: '32768',
  free_bytes: '4194304',
};

/** A server that answers with these disks, or refuses. */
function server(disks: readonly Row[] | { readonly errno: number }, tables: readonly Row[] = [TABLE]) {
  const refuse = (errno: number) => Promise.reject(Object.assign(new Error('refused'), { errno }));
  return {
    run: () => refuse(1193),
    query: (sql: string): Promise<readonly Row[]> => {
      if (!sql.includes('DISKS')) return Promise.resolve(tables);
      return 'errno' in disks ? refuse(disks.errno) : Promise.resolve(disks);
    },
  };
}

const disk = (path: string, available: string) => ({ path, available, datadir: '/var/lib/mysql/' });

describe('the size that a MySQL server tells', () => {
  it('is that of its tables, also where it has no cache that could be old', async () => {
    expect((await readStoredSize(server([])))?.tables).toEqual([
      { name: 'service_logs', rows: 1_000, dataBytes: 16_384, indexBytes: 32_768, freeBytes: 4_194_304 },
    ]);
  });

  it('of something that has no size is 0', async () => {
    const view = {
      name: 'service_logs',
      table_rows: null,
      data_bytes: null,
      index_bytes: null,
      free_bytes: null,
    };
    const size = await readStoredSize(server([], [view]));
    expect(size?.tables).toEqual([
      { name: 'service_logs', rows: 0, dataBytes: 0, indexBytes: 0, freeBytes: 0 },
    ]);
  });

  it('has the room on the disk that the data lie on, the nearest of those above them', async () => {
    const disks = [
      disk('/', '100'),
      disk('/var/lib/mysql', '7'),
      disk('/var', '9'),
      disk('/var/lib/mysql-files', '1'),
    ];
    expect((await readStoredSize(server(disks)))?.diskFreeBytes).toBe(7 * 1024);
    expect((await readStoredSize(server(disks.slice(0, 1))))?.diskFreeBytes).toBe(100 * 1024);
  });

  it.each([
    ['has no such plugin', { errno: 1109 }],
    ['does not let us', { errno: 1227 }],
    ['shows none to a user without the right', []],
  ])('has no room on the disk where the server %s', async (_, disks) => {
    expect((await readStoredSize(server(disks)))?.diskFreeBytes).toBeUndefined();
  });

  it('is not told by a connection that is lost', async () => {
    const lost = { ...server([]), run: () => Promise.reject(new Error('lost')) };
    await expect(readStoredSize(lost)).rejects.toThrow('lost');
  });
});
