import type { LogEntry } from '../../../logs/entry.ts';
import { keyOf } from '../../batch.ts';
import { text } from '../../rows.ts';
import type { Session } from '../driver/session.ts';
import { MAX_CHUNK_ROWS, powerOfTwo } from './chunks.ts';
import { selectServices } from './statements.ts';

/** The entries without those that an earlier release has stored under another id. */
export async function withoutEarlierRows(
  session: Session,
  entries: readonly LogEntry[],
): Promise<readonly LogEntry[]> {
  const keys = entries.flatMap(({ timestamp, earlierEventId }) =>
    earlierEventId === undefined ? [] : [[timestamp, earlierEventId]],
  );
  if (keys.length === 0) return entries;
  const services = await servicesOf(session, keys);
  return entries.filter(({ timestamp, earlierEventId, serviceName }) => {
    return earlierEventId === undefined || services.get(keyOf(timestamp, earlierEventId)) !== serviceName;
  });
}

/** The service of each of these keys that has a row. */
async function servicesOf(
  session: Session,
  keys: readonly (readonly string[])[],
): Promise<ReadonlyMap<string, string>> {
  const services = new Map<string, string>();
  for (let start = 0; start < keys.length;) {
    const end = start + powerOfTwo(Math.min(MAX_CHUNK_ROWS, keys.length - start));
    for (const row of await session.select(selectServices(end - start), keys.slice(start, end).flat()))
      services.set(keyOf(text(row, 'timestamp'), text(row, 'event_id')), text(row, 'service_name'));
    start = end;
  }
  return services;
}
