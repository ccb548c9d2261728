/** What the address of the page says: which page, which question, how it is looked at. */
export interface Address {
  /** Absent: the logs. */
  readonly page: string | undefined;
  /** An expression of the query language; empty: everything. */
  readonly q: string;
  /** As a person wrote them: `1h`, `14:00`, `2026-11-25T14:00`. */
  readonly since: string | undefined;
  readonly until: string | undefined;
  /** The zone that times are read and shown in. */
  readonly tz: string;
  /** The moment that relative times were measured from: RFC 3339. */
  readonly at: string | undefined;
  readonly isLive: boolean;
  /** Fields that are shown before the text of each line. */
  readonly columns: readonly string[];
  readonly isWrapped: boolean;
  /** The id of the entry that is open. */
  readonly entry: string | undefined;
}

/** Shown where nobody chose others. */
const USUAL_COLUMNS: readonly string[] = ['service'];

const NAMES = ['page', 'q', 'since', 'until', 'tz', 'at', 'live', 'cols', 'wrap', 'entry'] as const;

/** The address that a query string stands for. `zone`: where times are read if it says nothing. */
export function parseAddress(search: string, zone: string): Address {
  const given = new URLSearchParams(search);
  const textOf = (name: (typeof NAMES)[number]) => {
    const value = given.get(name)?.trim();
    return value === '' ? undefined : value;
  };
  const [at, until, entry, live, columns] = [
    momentOf(textOf('at')),
    textOf('until'),
    textOf('entry'),
    textOf('live'),
    given.get('cols'),
  ];
  const isOpen = at === undefined && until === undefined && entry === undefined;
  return {
    page: textOf('page'),
    q: textOf('q') ?? '',
    since: textOf('since'),
    until,
    tz: textOf('tz') ?? zone,
    at,
    isLive: until === undefined && (live === undefined ? isOpen : live === '1'),
    columns: columns === null ? USUAL_COLUMNS : columns.split(',').filter((name) => name !== ''),
    isWrapped: textOf('wrap') === '1',
    entry,
  };
}

/** A link may have lost its end, or been written by hand: a moment that is none is measured anew. */
function momentOf(text: string | undefined): string | undefined {
  return text === undefined || Number.isNaN(Date.parse(text)) ? undefined : text;
}

/** The query string of an address; what is usual is left out, but the zone, which is not the same for everybody. */
export function printAddress(address: Address): string {
  const { page, q, since, until, tz, at, isLive, columns, isWrapped, entry } = address;
  const isOpen = at === undefined && until === undefined && entry === undefined;
  const values: Record<(typeof NAMES)[number], string | undefined> = {
    page,
    q: q || undefined,
    since,
    until,
    tz,
    at,
    live: isLive === isOpen || until !== undefined ? undefined : isLive ? '1' : '0',
    cols: columns.join(',') === USUAL_COLUMNS.join(',') ? undefined : columns.join(','),
    wrap: isWrapped ? '1' : undefined,
    entry,
  };
  const search = new URLSearchParams();
  for (const name of NAMES) {
    const value = values[name];
    if (value !== undefined) search.set(name, value);
  }
  return `?${search.toString()}`;
}
