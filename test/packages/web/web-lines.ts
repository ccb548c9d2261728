import type { TailEntry } from '../../../packages/client/src/types.ts';

export type Line = TailEntry & { readonly created_at: string };

/** A line of a microsecond of one second, and a place within it. */
export function lineAt(micros: number, within = 0): Line {
  const timestamp = `2026-11-30T12:00:00.${String(micros).padStart(6, '0')}Z`;
  const event_id = `e${String(within).padStart(5, '0')}`;
  return {
    service_name: 'shop',
    payload: `line ${micros} ${within}`,
    severity: 'info',
    timestamp,
    event_id,
    id: `${timestamp.replaceAll(/\D/g, '')}-${event_id}`,
    created_at: timestamp,
  };
}

export function idsOf(lines: readonly TailEntry[]): string[] {
  return lines.map(({ id }) => id);
}
