import { describe, expect, it } from 'vitest';
import type { AgentReport, InputReport } from '../../../src/agent/agent.ts';
import { type AgentLedger, EMPTY_LEDGER, sumOf } from '../../../src/agent/ledger.ts';
import { agentProgress } from '../../../src/cli/agent/agent-progress.ts';
import { usualStateDirectory } from '../../../src/cli/agent/state-directory.ts';
import { summaryJson, summaryText } from '../../../src/cli/agent/summary.ts';

const LEDGER: AgentLedger = {
  ...EMPTY_LEDGER,
  ...{ lines: 1_010, read: 1_000, unparsed: 3, joined: 5, leftOut: 2, bytes: 9_000 },
  ...{ entries: 1_003, sent: 1_002, refused: 1 },
};

function input(
  name: string,
  more: Partial<InputReport> = {},
  status: Partial<InputReport['status']> = {},
): InputReport {
  return {
    status: { name, state: 'ended', format: 'access', counters: { reopened: 1 }, ...status },
    isKept: true,
    ledger: LEDGER,
    unconfirmed: 0,
    waitingMs: 0,
    ...more,
  };
}

function report(...inputs: InputReport[]): AgentReport {
  return {
    inputs,
    ledger: sumOf(inputs.map(({ ledger }) => ledger)),
    unconfirmed: inputs.reduce((sum, { unconfirmed }) => sum + unconfirmed, 0),
    inFlight: { entries: 0, bytes: 0 },
  };
}

describe('the sum of an agent', () => {
  it('adds up, in lines and in entries', () => {
    expect(summaryText(report(input('/a')), 2_000, undefined)).toBe(
      '1,010 lines = 1,000 read + 3 kept as text + 5 joined to others + 2 left out (blank, headers)\n' +
        '1,003 entries = 1,002 sent + 1 refused\n' +
        'in 2.0 s (505/s)\n',
    );
  });

  it('has a line for each input if there are several, and says what is not confirmed', () => {
    const text = summaryText(
      report(input('/a', { unconfirmed: 7 }), input('-', { isKept: false, unconfirmed: 1 })),
      2_000,
      undefined,
    );
    expect(text).toContain('/a: 7 more entries not confirmed: the next run sends them\n');
    expect(text).toContain('-: 1 more entry not confirmed: they may be lost\n');
    expect(text).toMatch(/^INPUT +STATE +FORMAT +LINES +SENT +REFUSED +AS TEXT$/m);
    expect(text).toMatch(/^\/a +ended +access +1,010 +1,002 +1 +3$/m);
  });

  it('says what stays in a spool, and what was lost', () => {
    const counters = { spooled_bytes: 2_000, lost_lines: 3, lost_bytes: 1_500 };
    const text = summaryText(report(input('udp', {}, { counters, bytesBehind: 2_048 })), 2_000, undefined);
    expect(text).toContain('udp: 2.0 KiB more in its spool: the next run sends them\n');
    expect(text).toContain('udp: 3 lines (1.5 KiB) lost: there was no room for them\n');
    const ofFile = summaryText(report(input('/a', {}, { bytesBehind: 2_048 })), 2_000, undefined);
    expect(ofFile).not.toContain('spool');
  });

  it('is the same for a program', () => {
    expect(summaryJson(report(input('/a')), 2_000.4)).toEqual({
      ...LEDGER,
      unconfirmed: 0,
      elapsedMs: 2_000,
      inputs: [
        {
          ...{ input: '/a', state: 'ended', format: 'access', unconfirmed: 0, counters: { reopened: 1 } },
          ...LEDGER,
        },
      ],
    });
  });
});

describe('the progress of an agent', () => {
  const behind = (bytesBehind?: number, bytesTotal?: number) => input('/a', {}, { bytesBehind, bytesTotal });

  it('has a share where all inputs know how much they have', () => {
    const look = { ...report(behind(25, 100), behind(75, 100)), outage: undefined };
    expect(agentProgress(look, true)).toEqual({ done: 2_020, share: 0.5, note: '2 inputs, 100 B behind' });
    expect(agentProgress(look, false).share).toBeUndefined();
    const unknown = { ...report(behind(25, 100), behind()), outage: undefined };
    expect(agentProgress(unknown, true).share).toBeUndefined();
  });

  it('says what fails, before all who takes nothing', () => {
    const look = report(input('/a', {}, { state: 'failing' }));
    expect(agentProgress({ ...look, outage: undefined }, true).note).toBe('1 failing');
    expect(agentProgress({ ...look, outage: 'Pub/Sub takes no entries: away' }, true).note).toBe(
      'Pub/Sub takes no entries: away',
    );
  });
});

describe('what an agent remembers', () => {
  it.each([
    [{ STATE_DIRECTORY: '/var/lib/lms-agent:/other', HOME: '/h' }, '/var/lib/lms-agent'],
    [{ XDG_STATE_HOME: '/s', HOME: '/h' }, '/s/lms/agent'],
    [{ XDG_STATE_HOME: 'relative', HOME: '/h' }, '/h/.local/state/lms/agent'],
    [{ HOME: '/h' }, '/h/.local/state/lms/agent'],
  ])('%j: is in %s', (env, directory) => {
    expect(usualStateDirectory(env)).toBe(directory);
  });
});
