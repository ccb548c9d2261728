import { describe, expect, it } from 'vitest';
import { formatNamed } from '../../../src/agent/formats/all.ts';
import { read } from './reading.ts';
import { CONTEXT } from './reading.ts';

const pino = { level: 50, time: 1_793_886_300_123, pid: 7, name: 'checkout', msg: 'lost' };

describe('JSON lines', () => {
  it('of the journal has the time at which the journal took it, if the sender said none', () => {
    const record = {
      MESSAGE: 'lost',
      PRIORITY: '3',
      SYSLOG_IDENTIFIER: 'sshd',
      __REALTIME_TIMESTAMP: '1793886300123456',
    };
    const said = { severity: 'error', service: 'sshd', payload: 'lost' };
    expect(read('json', JSON.stringify(record))).toMatchObject({
      ...said,
      timestamp: '2026-11-05 13:45:00.123456',
    });
    const sent = { ...record, _SOURCE_REALTIME_TIMESTAMP: '1793886300000001' };
    expect(read('json', JSON.stringify(sent))).toMatchObject({
      ...said,
      timestamp: '2026-11-05 13:45:00.000001',
    });
  });

  it('are what a worker makes of them', () => {
    expect(read('json', JSON.stringify(pino))).toEqual({
      timestamp: '2026-11-05 13:45:00.123000',
      severity: 'error',
      service: 'checkout',
      payload: 'lost',
      tags: { pid: 7 },
      asMessage: 'may',
    });
  });

  it('have no service and no time if they say none', () => {
    const reading = read('json', '{"payload":"x","severity":"warn"}');
    expect(reading).toEqual({ severity: 'warn', payload: 'x', tags: {}, asMessage: 'may' });
  });

  it('must stay as they are if they bring an identity, or are several', () => {
    const entry = {
      logName: 'projects/p/logs/l',
      insertId: 'i1',
      timestamp: '2026-11-05T13:45:00Z',
      textPayload: 'x',
    };
    expect(read('json', JSON.stringify({ ...entry, resource: { type: 'global' } }))).toMatchObject({
      asMessage: 'must',
      payload: 'x',
    });
    const several = `[${JSON.stringify(pino)},${JSON.stringify(pino)}]`;
    expect(read('json', several)).toMatchObject({
      asMessage: 'must',
      payload: several,
      timestamp: '2026-11-05 13:45:00.123000',
    });
    expect(read('json', `[${JSON.stringify(pino)},{"payload":"x","severity":"info"}]`)).not.toHaveProperty(
      'timestamp',
    );
  });

  it('of no known shape are read by usual names', () => {
    expect(
      read('json', '{"ts":"2026-11-05T13:45:00Z","lvl":"err","text":"lost","n":9007199254740993}'),
    ).toMatchObject({
      timestamp: '2026-11-05 13:45:00.000000',
      severity: 'error',
      payload: 'lost',
      asMessage: 'no',
    });
  });

  it('have numbers of any size', () => {
    const reading = formatNamed('json').read(
      '{"payload":"x","severity":"info","n":9007199254740993}',
      CONTEXT,
    );
    expect(JSON.stringify(reading?.tags)).toBe('{"n":9007199254740993}');
  });

  it.each(['', 'x', '1', '"x"', '{', '{}', '[]', '[1]', '{"a":1', `[${JSON.stringify(pino)},1]`])(
    '%j is none',
    (line) => {
      expect(read('json', line)).toBeUndefined();
    },
  );
});
