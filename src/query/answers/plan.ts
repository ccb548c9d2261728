import { SEVERITIES } from '../../logs/severity.ts';
import { type Bounds, boundsOf } from '../bounds.ts';
import type { Filter } from '../filter.ts';
import type { AccessPath, EntryReader, KeyCount, Selection } from './ports.ts';

/** How the rows that a filter may match are reached. */
export type Plan = {
  readonly path: AccessPath;
  /** The filter matches every row on this path. */
  readonly isExact: boolean;
} & (
  | { readonly kind: 'key' }
  /** The services and severities that are asked for are rare: the rows of these alone. */
  | { readonly kind: 'services'; readonly selection: Selection }
  /** In the order of the key, but for the minutes that have none of these services and severities. */
  | { readonly kind: 'busy minutes'; readonly selection: Selection }
  /** There are no such rows. */
  | { readonly kind: 'nothing' }
);

const BY_KEY: AccessPath = { kind: 'key' };
/** A row that is reached by the index of services costs about five times what the next one by the key does. */
const RARE_SHARE = 0.2;
/** The index is asked for each service and severity. */
const MAX_PAIRS = 60;

/** Chooses the way from the counts. Nothing is asked where the filter says nothing of services and severities. */
export async function choosePlan(reader: EntryReader, filter: Filter, signal: AbortSignal): Promise<Plan> {
  const bounds = boundsOf(filter);
  if (bounds.services === undefined && bounds.severities === undefined)
    return { kind: 'key', path: BY_KEY, isExact: matchesEveryRow(filter, 'key') };
  const counts = await reader.keyCounts(signal);
  const wanted = counts.filter((count) => count.count > 0 && isWithin(count, bounds));
  if (wanted.length === 0) return { kind: 'nothing', path: BY_KEY, isExact: true };
  const selection = selectionOf(wanted, bounds);
  const share = rows(wanted) / rows(counts);
  const pairs = selection.services.length * selection.severities.length;
  if (share <= RARE_SHARE && pairs <= MAX_PAIRS)
    return {
      kind: 'services',
      path: { kind: 'services', ...selection },
      selection,
      isExact: matchesEveryRow(filter, 'services'),
    };
  return { kind: 'busy minutes', path: BY_KEY, selection, isExact: false };
}

/**
 * Whether a filter matches every row on a path: that of the key, or of the services and severities that it
 * asks for.
 */
function matchesEveryRow(filter: Filter, path: AccessPath['kind']): boolean {
  switch (filter.kind) {
    case 'everything':
    case 'time':
      return true;
    case 'and':
      return filter.of.every((part) => matchesEveryRow(part, path));
    case 'severity':
      return path === 'services';
    case 'column':
      return path === 'services' && filter.column === 'service' && filter.test.kind === 'equals';
    case 'or':
    case 'not':
    case 'term':
    case 'substring':
    case 'tag':
      return false;
  }
}

function isWithin({ serviceName, severity }: KeyCount, { services, severities }: Bounds): boolean {
  return (services?.includes(serviceName) ?? true) && (severities?.includes(severity) ?? true);
}

function selectionOf(wanted: readonly KeyCount[], { services, severities }: Bounds): Selection {
  return {
    services: services ?? [...new Set(wanted.map(({ serviceName }) => serviceName))],
    severities: severities ?? SEVERITIES,
  };
}

function rows(counts: readonly KeyCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}
