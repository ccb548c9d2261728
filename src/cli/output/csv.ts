import type { StoredEntry } from '../../store/store.ts';

const HEADER = 'service_name,payload,severity,timestamp,created_at\n';
const ROWS_A_CHUNK = 1_000;

/** `service_logs` as CSV text (RFC 4180, lines end in LF), in chunks: memory does not grow with the table. */
export async function* csvOf(entries: AsyncIterable<StoredEntry>): AsyncGenerator<string> {
  let lines = [HEADER];
  for await (const entry of entries) {
    const { serviceName, payload, severity, timestamp, createdAt } = entry;
    lines.push(`${[serviceName, payload, severity, timestamp, createdAt].map(quoted).join(',')}\n`);
    if (lines.length < ROWS_A_CHUNK) continue;
    yield lines.join('');
    lines = [];
  }
  yield lines.join('');
}

/** Quoted only where a reader would otherwise split or trim it. */
function quoted(field: string): string {
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
