import type { ListedLetter } from '../../export/dead-letters.ts';
import { count, duration } from './numbers.ts';
import { type Cell, formatTable, type TableRoom } from './table.ts';

/** Aligned columns for a person, or one line that says there is nothing to show. */
export function letterTable(letters: readonly ListedLetter[], room: TableRoom): string {
  if (letters.length === 0) return 'There are no dead letters.\n';
  const rows = letters.map(({ messageId, publishTime, code, service, bytes, part, reason }) => {
    return [messageId, publishTime, code || '-', service ?? '-', sizeOf(bytes, part), reason];
  });
  return formatTable(['message', 'published', 'code', 'service', 'bytes', 'reason'], rows, room);
}

/**
 * How old the oldest of some letters is, and when the subscription will throw it away. Empty without letters.
 */
export function ageText(
  letters: readonly ListedLetter[],
  { nowMs, retentionMs }: { readonly nowMs: number; readonly retentionMs: number | undefined },
): string {
  if (letters.length === 0) return '';
  const oldestMs = letters.reduce(
    (ms, { deadLetteredAt }) => Math.min(ms, Date.parse(deadLetteredAt)),
    nowMs,
  );
  const oldest = `The oldest is here for ${duration(nowMs - oldestMs)}`;
  if (retentionMs === undefined) return `\n${oldest}.\n`;
  return `\n${oldest}; the subscription keeps a letter for ${duration(retentionMs)}, then it is gone.\n`;
}

function sizeOf(bytes: number, part: string | null): Cell {
  return part === null ? bytes : `${count(bytes)} (part ${part})`;
}
