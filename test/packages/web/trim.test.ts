import { describe, expect, it } from 'vitest';
import type { TailEntry } from '../../../packages/client/src/types.ts';
import { trimmed } from '../../../packages/web/src/state/lines/trim.ts';

const CHARACTERS = 64 * 1024 ** 2;

function lines(count: number, length: number): TailEntry[] {
  const payload = 'x'.repeat(length);
  return Array.from({ length: count }, (_none, at) => ({
    id: String(at),
    event_id: String(at),
    timestamp: '2026-11-30T12:00:00.000000Z',
    service_name: 'shop',
    severity: 'info',
    payload,
  }));
}

describe('lines that are kept', () => {
  it('are all as long as they are neither many nor long', () => {
    expect(trimmed(lines(22_000, 100), 'older', new Map())).toBeUndefined();
  });

  it('are so many at most', () => {
    expect(trimmed(lines(22_001, 100), 'older', new Map())?.lines).toHaveLength(20_000);
  });

  it('are fewer where they are long: those of the other side', () => {
    const long = lines(3_000, 100_000);
    const older = trimmed(long, 'older', new Map())?.lines ?? [];
    expect(older.length * 100_000).toBeLessThanOrEqual(CHARACTERS);
    expect(older.at(-1)?.id).toBe('2999');
    expect(trimmed(long, 'newer', new Map())?.lines[0]?.id).toBe('0');
  });

  it('are some hundreds however long they are', () => {
    expect(trimmed(lines(700, 1_000_000), 'older', new Map())?.lines).toHaveLength(500);
  });
});
