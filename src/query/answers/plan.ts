import { SEVERITIES } from '../../logs/severity.ts';
import { type Bounds, boundsOf } from '../bounds.ts';
import type { Filter } from '../filter.ts';
import type { AccessPath, EntryReader, KeyCount, Selection } from './ports.ts';
import { tagBoundsOf, type TagTexts } from './tag-bounds.ts';
import type { TagUse } from './way.ts';

/** How the rows that a filter may match are reached. */
export type Plan = {
  readonly path: AccessPath;
  /** The filter matches every row on this path. */
  readonly isExact: boolean;
  /** What indexes of tags have to do with it. */
  readonly tags: TagUse;
} & (
  | { readonly kind: 'key' }
  /** By the indexes of tags that are asked for. */
  | { readonly kind: 'tags' }
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

const NO_TAGS: TagUse = { used: [], missing: [] };

/**
 * Chooses the way from the indexes of tags and from the counts. Nothing is asked of which the filter says
 * nothing.
 */
export async function choosePlan(reader: EntryReader, filter: Filter, signal: AbortSignal): Promise<Plan> {
  const found = await findTags(reader, filter, signal);
  const bounds = boundsOf(filter);
  if (bounds.services === undefined && bounds.severities === undefined)
    return (
      planByTags(found) ?? {
        kind: 'key',
        path: BY_KEY,
        isExact: matchesEveryRow(filter, 'key'),
        tags: found.tags,
      }
    );
  const counts = await reader.keyCounts(signal);
  const wanted = counts.filter((count) => count.count > 0 && isWithin(count, bounds));
  if (wanted.length === 0) return { kind: 'nothing', path: BY_KEY, isExact: true, tags: NO_TAGS };
  // Where counts by minute are not cheap, nor are rows reached by anything else than their key.
  if (reader.extent !== undefined)
    return { kind: 'key', path: BY_KEY, isExact: matchesEveryRow(filter, 'key'), tags: found.tags };
  const selection = selectionOf(wanted, bounds);
  const share = rows(wanted) / rows(counts);
  const pairs = selection.services.length * selection.severities.length;
  const isRare = share <= RARE_SHARE && pairs <= MAX_PAIRS;
  const byTags = planByTags(found, isRare ? selection : undefined);
  if (byTags !== undefined) return byTags;
  const { tags } = found;
  if (!isRare) return { kind: 'busy minutes', path: BY_KEY, selection, isExact: false, tags };
  const isExact = matchesEveryRow(filter, 'services');
  return { kind: 'services', path: { kind: 'services', ...selection }, selection, isExact, tags };
}

/** The tags that are asked for by their values. */
interface FoundTags {
  /** Those that have an index. */
  readonly indexed: readonly TagTexts[];
  readonly tags: TagUse;
}

async function findTags(reader: EntryReader, filter: Filter, signal: AbortSignal): Promise<FoundTags> {
  const asked = tagBoundsOf(filter);
  const known = asked.length === 0 ? undefined : await reader.indexedTags(signal);
  if (known === undefined) return { indexed: [], tags: NO_TAGS };
  const indexed = asked.filter(({ name }) => known.includes(name));
  const missing = asked.filter((tag) => !indexed.includes(tag));
  return { indexed, tags: { used: namesOf(indexed), missing: namesOf(missing) } };
}

function namesOf(tags: readonly TagTexts[]): readonly string[] {
  return tags.map(({ name }) => name);
}

function planByTags({ indexed, tags }: FoundTags, selection?: Selection): Plan | undefined {
  if (indexed.length === 0) return undefined;
  return { kind: 'tags', path: { kind: 'tags', tags: indexed, selection }, isExact: false, tags };
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
