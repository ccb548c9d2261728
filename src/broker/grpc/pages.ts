import { invalid } from '../refusal.ts';

/** A List request's wish. */
export interface PageRequest {
  readonly pageSize?: number | null;
  readonly pageToken?: string | null;
}

/** One page of `items`, and the token of the next page: empty on the last one. */
export function page<T>(
  items: readonly T[],
  { pageSize, pageToken }: PageRequest,
): { items: T[]; nextPageToken: string } {
  const start = pageToken ? Number(pageToken) : 0;
  if (!Number.isSafeInteger(start) || start < 0) throw invalid('The page token given is not valid.');
  const end = pageSize ? start + pageSize : items.length;
  return { items: items.slice(start, end), nextPageToken: end < items.length ? String(end) : '' };
}
