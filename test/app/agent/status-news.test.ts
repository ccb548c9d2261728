import { describe, expect, it } from 'vitest';
import type { AgentReport } from '../../../src/agent/agent.ts';
import { EMPTY_LEDGER } from '../../../src/agent/ledger.ts';
import type { InputStatus } from '../../../src/agent/ports.ts';
import { StatusNews } from '../../../src/app/agent/status-news.ts';
import { RecordingLog } from '../../support/recording-log.ts';

function reportOf(status: Partial<InputStatus>, lines = 0): AgentReport {
  const ledger = { ...EMPTY_LEDGER, lines, sent: lines };
  const whole: InputStatus = { name: '/a', state: 'reading', counters: {}, ...status };
  return {
    inputs: [{ status: whole, isKept: true, ledger, unconfirmed: 0, waitingMs: 0 }],
    ledger,
    unconfirmed: 0,
    inFlight: { entries: 0, bytes: 0 },
  };
}

describe('news of an agent', () => {
  it('are told once: a format, a failure and its end', () => {
    const log = new RecordingLog();
    const news = new StatusNews(log);
    const failing = { state: 'failing', reason: 'EACCES' } as const;
    for (const status of [{}, { format: 'json' }, { format: 'json' }, failing, failing, { format: 'json' }])
      news.look(reportOf(status), 0);
    expect(log.told.map(({ level, message, fields }) => [level, message, fields])).toEqual([
      ['info', 'format', { input: '/a', format: 'json' }],
      ['warn', 'an input cannot be read: trying again', { input: '/a', reason: 'EACCES' }],
      ['info', 'an input can be read again', { input: '/a' }],
    ]);
  });

  it('do not call an input healed that ends while it cannot be read', () => {
    const log = new RecordingLog();
    const news = new StatusNews(log);
    for (const state of ['failing', 'ended'] as const) news.look(reportOf({ state, reason: 'EACCES' }), 0);
    expect(log.told.map(({ message }) => message)).toEqual(['an input cannot be read: trying again']);
  });

  it('tell once what an input waits for', () => {
    const log = new RecordingLog();
    const news = new StatusNews(log);
    const waiting = { state: 'waiting', reason: 'there is no file yet' } as const;
    for (const status of [waiting, waiting, {}, { state: 'waiting' } as const])
      news.look(reportOf(status), 0);
    expect(log.told).toEqual([
      expect.objectContaining({
        level: 'info',
        message: 'an input waits',
        fields: { input: '/a', reason: 'there is no file yet' },
      }),
    ]);
  });

  it('tell of refusals, of very many a count', () => {
    const log = new RecordingLog();
    const news = new StatusNews(log);
    for (let n = 0; n < 500; n += 1) news.refused('/a', 'too large');
    news.look(reportOf({}), 0);
    news.look(reportOf({}), 1_000);
    expect(log.told).toHaveLength(11);
    expect(log.told.at(-1)).toMatchObject({ level: 'warn', fields: { more: 490 } });
  });

  it('say once a minute how far it is, if it came on', () => {
    const log = new RecordingLog();
    const news = new StatusNews(log);
    for (const [lines, nowMs] of [
      [5, 1_000],
      [7, 60_000],
      [8, 61_000],
      [9, 120_000],
      [9, 180_000],
      [10, 240_000],
    ] as const)
      news.look(reportOf({}, lines), nowMs);
    expect(log.told.map(({ fields }) => fields['lines'])).toEqual([7, 9, 10]);
  });

  it('say that something is lost: at once, then once a minute, and at the end', () => {
    const log = new RecordingLog();
    const news = new StatusNews(log);
    const look = (lost: number, nowMs: number, isLast = false) => {
      news.look(reportOf({ counters: { lost_lines: lost, lost_bytes: lost * 10 } }), nowMs, isLast);
    };
    look(0, 0);
    expect(log.told).toEqual([]);
    look(3, 1_000);
    look(4, 2_000);
    look(5, 61_000);
    look(5, 200_000);
    look(7, 201_000);
    look(8, 202_000, true);
    look(8, 203_000, true);
    expect(log.told.map(({ level, fields }) => [level, fields['lost_lines'], fields['lost_bytes']])).toEqual([
      ['warn', 3, 30],
      ['warn', 5, 50],
      ['warn', 7, 70],
      ['warn', 8, 80],
    ]);
    expect(log.told[0]?.message).toBe('lines were lost: there was no room for them');
  });
});
