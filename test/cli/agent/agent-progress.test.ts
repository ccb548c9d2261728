import { describe, expect, it } from 'vitest';
import { EMPTY_LEDGER } from '../../../src/agent/ledger.ts';
import type { AgentLook } from '../../../src/app/agent/run-agent.ts';
import { agentProgress } from '../../../src/cli/agent/agent-progress.ts';

function lookOf(lines: number, unconfirmed: number, bytesBehind?: number): AgentLook {
  const ledger = { ...EMPTY_LEDGER, lines };
  const status = { name: '/a', state: 'reading', bytesTotal: 1_000, bytesBehind, counters: {} } as const;
  return {
    inputs: [{ status, isKept: true, ledger, unconfirmed, waitingMs: 0 }],
    ledger,
    unconfirmed,
    inFlight: { entries: 0, bytes: 0 },
    outage: undefined,
  };
}

const shareOf = (...[lines, unconfirmed, behind]: Parameters<typeof lookOf>) =>
  agentProgress(lookOf(lines, unconfirmed, behind), true).share;

describe('how far an agent is', () => {
  it('is what was read and is confirmed: nothing while nobody takes it', () => {
    expect(shareOf(0, 0, 1_000)).toBe(0);
    expect(shareOf(0, 5, 0)).toBe(0);
    expect(shareOf(30, 10, 500)).toBe(0.375);
    expect(shareOf(40, 0, 500)).toBe(0.5);
    expect(shareOf(80, 0, 0)).toBe(1);
  });

  it('is not known where an input does not know how much it has', () => {
    expect(shareOf(5, 0)).toBeUndefined();
  });
});
