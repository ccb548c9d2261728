import type { Forecast, StorageLimit } from '../../retention/forecast.ts';
import { byteText, count } from './numbers.ts';
import { type Cell, formatTable } from './table.ts';

/** Beyond this nobody plans. */
const MAX_DAYS = 3_650;

/** Tables that are smaller do not fill a disk. */
const LARGE_BYTES = 1024 ** 2;

/** For programs: what is not known is null, and so are the days left where nothing grows. */
export function sizeReport({
  tables,
  rows,
  usedBytes,
  freeBytes,
  bytesPerRow,
  growth,
  limits,
}: Forecast): object {
  return {
    rows,
    usedBytes,
    freeBytes,
    bytesPerRow: bytesPerRow === undefined ? null : Math.round(bytesPerRow),
    tables,
    growth: growth
      ? {
          rowsPerDay: Math.round(growth.rowsPerDay),
          bytesPerDay: growth.bytesPerDay === undefined ? null : Math.round(growth.bytesPerDay),
          isAtMost: growth.isAtMost,
        }
      : null,
    limits: limits.map(({ name, roomBytes, daysLeft = Infinity, isAtLeast }) => ({
      name,
      roomBytes,
      daysLeft: Number.isFinite(daysLeft) ? tenths(daysLeft) : null,
      isAtLeast,
    })),
  };
}

/** For a person: table by table, the largest first, and what becomes of them. */
export function sizeText(found: Forecast): string {
  return `${tablesText(found)}\n${[entriesText(found), growthText(found), ...found.limits.map(limitText)].join('\n')}\n`;
}

function tablesText({ tables, usedBytes, freeBytes }: Forecast): string {
  if (tables.length === 0)
    return 'The sizes of the tables are not known: there are none yet, or the user may not see them.\n';
  const bySize = tables.toSorted((one, other) => bytesOf(other) - bytesOf(one));
  const large = bySize.filter(
    (table, place) => place === 0 || bytesOf(table) + table.freeBytes >= LARGE_BYTES,
  );
  const small = bySize.filter((table) => !large.includes(table));
  const lines = [...large, ...together(small)].map((table): Cell[] => [
    table.name,
    table.rows,
    byteText(table.dataBytes),
    byteText(table.indexBytes),
    byteText(table.freeBytes),
  ]);
  const table = formatTable(['table', 'rows, about', 'data', 'indexes', 'free'], lines);
  return `${table}\nAll of them: ${byteText(usedBytes)} in use, ${byteText(freeBytes)} free.\n`;
}

/** Small ones in one line. */
function together(tables: Forecast['tables']): Forecast['tables'] {
  if (tables.length < 2) return tables;
  const sum = (of: 'rows' | 'dataBytes' | 'indexBytes' | 'freeBytes') =>
    tables.reduce((total, table) => total + table[of], 0);
  const sums = { dataBytes: sum('dataBytes'), indexBytes: sum('indexBytes'), freeBytes: sum('freeBytes') };
  return [{ name: `${count(tables.length)} others`, rows: sum('rows'), ...sums }];
}

function bytesOf({ dataBytes, indexBytes }: Forecast['tables'][number]): number {
  return dataBytes + indexBytes;
}

function entriesText({ rows, bytesPerRow }: Forecast): string {
  const entries = `${count(rows)} log ${rows === 1 ? 'entry is' : 'entries are'} stored`;
  if (bytesPerRow === undefined) return `${entries}: too few to say how large one is.`;
  return `${entries}, of ${count(Math.round(bytesPerRow))} bytes each in all tables.`;
}

function growthText({ growth }: Forecast): string {
  if (growth === undefined)
    return 'How fast they come is not known yet: the first came within the last hour.';
  const { rowsPerDay, bytesPerDay, isAtMost } = growth;
  if (Math.round(rowsPerDay) === 0) return 'No more came in the last days.';
  const bytes = bytesPerDay === undefined ? '' : `, ${byteText(bytesPerDay)}`;
  const least = isAtMost ? ' What rules delete again is not taken off: they grow by that at most.' : '';
  return `About ${count(Math.round(rowsPerDay))} come a day${bytes}, by the counts of the last days.${least}`;
}

function limitText({ name, roomBytes, daysLeft, isAtLeast }: StorageLimit): string {
  const room = byteText(roomBytes);
  const when = whenText(daysLeft, isAtLeast);
  if (name === 'disk') return `The disk has room for ${room} more: full ${when}.`;
  if (roomBytes === 0) return 'RETENTION_MAX_BYTES is reached: the oldest entries are deleted.';
  return `RETENTION_MAX_BYTES leaves room for ${room} more: the oldest entries are deleted ${when}.`;
}

function whenText(daysLeft: number | undefined, isAtLeast: boolean): string {
  if (daysLeft === undefined) return 'at a time that is not known yet';
  if (daysLeft === Infinity) return 'never, as it is';
  if (daysLeft > MAX_DAYS) return 'in more than 10 years';
  const days = daysLeft < 10 ? String(tenths(daysLeft)) : count(Math.round(daysLeft));
  return isAtLeast ? `in ${days} days at the soonest` : `in about ${days} days`;
}

function tenths(days: number): number {
  return Math.round(days * 10) / 10;
}
