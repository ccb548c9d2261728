import { Gauge, type Registry } from 'prom-client';

/** How large the tables are, and what becomes of them, as far as it is known. */
export interface WatchedStorage {
  readonly tables: readonly {
    readonly name: string;
    readonly dataBytes: number;
    readonly indexBytes: number;
    readonly freeBytes: number;
  }[];
  readonly rows: number;
  readonly growth: { readonly rowsPerDay: number; readonly bytesPerDay: number | undefined } | undefined;
  readonly limits: readonly {
    readonly name: string;
    readonly roomBytes: number;
    readonly daysLeft: number | undefined;
    /** Whether it may be many more: then it is not shown. */
    readonly isAtLeast: boolean;
  }[];
}

/** A sample: its labels, and its value; without one there is no series. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number | undefined];

interface About {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: string[];
}

type Show = (about: About, samplesOf: (storage: WatchedStorage) => readonly Sample[]) => void;

/** Shows the size of the tables. `read` is asked at every scrape; what is not known then has no series. */
export function showStorage(registry: Registry, read: () => WatchedStorage | undefined): void {
  const show: Show = (about, samplesOf) => {
    const gauge = new Gauge({
      ...about,
      registers: [registry],
      collect: () => {
        const storage = read();
        gauge.reset();
        // Without labels a gauge that was reset would be 0.
        if (about.labelNames === undefined) gauge.remove();
        for (const [labels, value] of storage === undefined ? [] : samplesOf(storage))
          if (value !== undefined) gauge.set(labels, value);
      },
    });
  };
  showSizes(show);
  showGrowth(show);
}

function showSizes(show: Show): void {
  const help = 'Bytes of a table as its server estimates them: data, index, and free: allocated and unused.';
  show({ name: 'lms_table_bytes', help, labelNames: ['table', 'kind'] }, ({ tables }) =>
    tables.flatMap(({ name: table, dataBytes, indexBytes, freeBytes }): Sample[] => [
      [{ table, kind: 'data' }, dataBytes],
      [{ table, kind: 'index' }, indexBytes],
      [{ table, kind: 'free' }, freeBytes],
    ]),
  );
  show({ name: 'lms_rows', help: 'Log entries that are stored, by the counts.' }, ({ rows }) => [[{}, rows]]);
}

function showGrowth(show: Show): void {
  const rows = 'By how many log entries a day their number grows; less than 0 where it shrinks.';
  show({ name: 'lms_growth_rows_per_day', help: rows }, ({ growth }) => [[{}, growth?.rowsPerDay]]);
  const bytes = 'The same in bytes of all tables.';
  show({ name: 'lms_growth_bytes_per_day', help: bytes }, ({ growth }) => [[{}, growth?.bytesPerDay]]);
  const room = 'Bytes left until the disk is full, or until RETENTION_MAX_BYTES, where that is known.';
  show({ name: 'lms_storage_room_bytes', help: room, labelNames: ['limit'] }, ({ limits }) =>
    limits.map(({ name: limit, roomBytes }): Sample => [{ limit }, roomBytes]),
  );
  const days = 'Days until then at this growth; infinite where nothing grows.';
  show({ name: 'lms_storage_days_left', help: days, labelNames: ['limit'] }, ({ limits }) =>
    limits.map(({ name: limit, daysLeft, isAtLeast }): Sample => [
      { limit },
      isAtLeast ? undefined : daysLeft,
    ]),
  );
}
