import type { Growth } from './growth.ts';
import type { StoredSize } from './ports.ts';

/** A disk that is full within so many days is worth a warning, and within so few an alarm. */
export const SOON_DAYS = 14;
export const URGENT_DAYS = 3;
/** Of fewer rows nobody knows what one takes: pages that are begun, and tables beside, weigh more. */
const LEAST_ROWS = 10_000;
/** The pace of an hour is believed where it fills what is left within this time. */
const FLOOD_DAYS = 1;

/** What a forecast is made of. */
export interface StorageFacts {
  readonly size: StoredSize | undefined;
  /** By the counts. */
  readonly rows: number;
  readonly growth: Growth | undefined;
  /** Whether rules delete, so that rows that were counted do not all stay. */
  readonly hasRules: boolean;
  /** What came in the last hour, in rows a day; undefined before an hour is over. */
  readonly rowsPerDayOfHour?: number | undefined;
  /** The setting RETENTION_MAX_BYTES. */
  readonly maxBytes?: number | undefined;
}

/** Something that can be full. */
export interface StorageLimit {
  /** `disk`: that of the database. `retention-max-bytes`: from there on the oldest rows are deleted. */
  readonly name: 'disk' | 'retention-max-bytes';
  /** What is left until then; never less than 0. */
  readonly roomBytes: number;
  /** Infinity if it is never full; undefined if that is not known. */
  readonly daysLeft: number | undefined;
  /** Whether it may be more days, since what rules delete again is not known. */
  readonly isAtLeast: boolean;
}

/** How large the tables are, and what will become of them. */
export interface Forecast {
  readonly tables: StoredSize['tables'];
  readonly rows: number;
  /** Of all tables, with their indexes. */
  readonly usedBytes: number;
  readonly freeBytes: number;
  /** What a row takes in all tables together; undefined of too few rows. */
  readonly bytesPerRow: number | undefined;
  readonly growth:
    (Growth & { readonly bytesPerDay: number | undefined; readonly isAtMost: boolean }) | undefined;
  /** Those that are known. */
  readonly limits: readonly StorageLimit[];
}

/** When what will be full, if it goes on as it did. */
export function forecast(facts: StorageFacts): Forecast {
  const { size, rows, growth, hasRules } = facts;
  const tables = size?.tables ?? [];
  const usedBytes = sumOf(tables, (table) => table.dataBytes + table.indexBytes);
  const bytesPerRow = bytesOfRow(usedBytes, rows);
  const bytesPerDay = growth && bytesPerRow && growth.rowsPerDay * bytesPerRow;
  return {
    tables,
    rows,
    usedBytes,
    freeBytes: sumOf(tables, (table) => table.freeBytes),
    bytesPerRow,
    growth: growth && { ...growth, bytesPerDay, isAtMost: isAtMost(growth, hasRules) },
    limits: limitsOf(facts, bytesPerRow),
  };
}

/** How bad it is that the disk fills. */
export function urgencyOf({ limits }: Pick<Forecast, 'limits'>): 'fine' | 'soon' | 'urgent' {
  const disk = limits.find(({ name }) => name === 'disk');
  const daysLeft = disk?.daysLeft ?? Infinity;
  // Nobody is alarmed by a guess.
  if (daysLeft >= SOON_DAYS || disk?.isAtLeast === true) return 'fine';
  return daysLeft < URGENT_DAYS ? 'urgent' : 'soon';
}

/** The table of the log entries, or the only one there is; undefined if it is not seen. */
export function logTable(size: StoredSize | undefined): StoredSize['tables'][number] | undefined {
  const tables = size?.tables ?? [];
  return tables.find(({ name }) => name === 'service_logs') ?? (tables.length === 1 ? tables[0] : undefined);
}

function limitsOf(facts: StorageFacts, bytesPerRow: number | undefined): StorageLimit[] {
  const { size, rows, maxBytes } = facts;
  const table = logTable(size);
  if (table === undefined) return [];
  const usedBytes = table.dataBytes + table.indexBytes;
  const maxRoom = maxBytes === undefined ? Infinity : Math.max(0, maxBytes - usedBytes);
  const limits: StorageLimit[] = [];
  if (size?.diskFreeBytes !== undefined) {
    const roomBytes = size.diskFreeBytes + table.freeBytes;
    // The last rule deletes before the disk is full.
    const isKeptFree = maxRoom < roomBytes;
    const left = isKeptFree ? NEVER : timeLeft(facts, roomBytes, bytesPerRow);
    limits.push({ name: 'disk', roomBytes, ...left });
  }
  if (maxBytes !== undefined) {
    const left = timeLeft(facts, maxRoom, bytesOfRow(usedBytes, rows));
    limits.push({ name: 'retention-max-bytes', roomBytes: maxRoom, ...left });
  }
  return limits;
}

type TimeLeft = Pick<StorageLimit, 'daysLeft' | 'isAtLeast'>;

const NEVER: TimeLeft = { daysLeft: Infinity, isAtLeast: false };

function timeLeft(
  { growth, hasRules, rowsPerDayOfHour }: StorageFacts,
  roomBytes: number,
  bytesPerRow: number | undefined,
): TimeLeft {
  if (roomBytes === 0) return { daysLeft: 0, isAtLeast: false };
  if (bytesPerRow === undefined) return { daysLeft: undefined, isAtLeast: false };
  const daysAt = (rowsPerDay: number) => (rowsPerDay > 0 ? roomBytes / (rowsPerDay * bytesPerRow) : Infinity);
  const flood = daysAt(rowsPerDayOfHour ?? 0);
  const usual = growth && daysAt(growth.rowsPerDay);
  if (flood < FLOOD_DAYS && flood < (usual ?? Infinity)) return { daysLeft: flood, isAtLeast: false };
  return { daysLeft: usual, isAtLeast: isAtMost(growth, hasRules) && usual !== Infinity };
}

/** Of rows that were counted rules may delete some again. */
function isAtMost(growth: Growth | undefined, hasRules: boolean): boolean {
  return hasRules && growth?.basis === 'counted';
}

function bytesOfRow(bytes: number, rows: number): number | undefined {
  return rows < LEAST_ROWS || bytes === 0 ? undefined : bytes / rows;
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
