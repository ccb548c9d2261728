import { describe, expect, it } from 'vitest';
import { type Naming, type PinoConfig, pinoLine } from '../../../packages/log/src/pino-record.ts';
import { decode } from '../../../src/logs/decode.ts';
import { messageOf } from '../../logs/messages.ts';

const LEVELS = { trace: 10, debug: 20, info: 30, audit: 35, warn: 40, error: 50, fatal: 60, alarm: 5_000 };
const CONFIG: PinoConfig = {
  levels: {
    labels: Object.fromEntries(Object.entries(LEVELS).map(([name, n]) => [n, name])),
    values: LEVELS,
  },
  messageKey: 'msg',
};
const NAMING: Naming = { service: undefined, fallback: 'fallback' };

/** What a worker makes of what is sent for a line. */
function stored(line: string, { config = CONFIG, naming = NAMING } = {}) {
  const bytes = pinoLine(line, { config, naming, id: 'id-1', nowMs: Date.UTC(2026, 10, 25, 14, 0, 0, 7) });
  const entry = decode(messageOf(bytes.toString()));
  if (Array.isArray(entry) || !('payload' in entry)) return entry;
  const tags = entry.tags === null ? null : (JSON.parse(entry.tags) as Record<string, unknown>);
  return { ...entry, tags };
}

describe('a line of pino', () => {
  it('keeps its time, message, bindings and error', () => {
    const err = { type: 'Error', message: 'a: b', stack: 'Error: a\n at x\ncaused by: Error: b\n at y' };
    const line = {
      level: 50,
      time: 1795615205123,
      pid: 7,
      name: 'cart',
      order: { id: 9 },
      err,
      msg: 'failed',
    };
    expect(stored(JSON.stringify(line))).toMatchObject({
      timestamp: '2026-11-25 14:00:05.123000',
      serviceName: 'cart',
      severity: 'error',
      payload: 'failed',
      tags: { pid: 7, order: { id: 9 }, err },
    });
  });

  it('is the same entry however often it is sent, and by whatever message', () => {
    const bytes = pinoLine('{"level":30,"time":1795615205123,"msg":"x"}', {
      config: CONFIG,
      naming: NAMING,
      id: '000000001-run',
      nowMs: 0,
    });
    const [one, other] = ['17', '18'].map((messageId) => decode(messageOf(bytes.toString(), { messageId })));
    expect(one).toEqual(other);
    expect(one).toMatchObject({ eventId: expect.stringMatching(/^000000001-run~/) as string });
  });

  it.each([
    ['{"level":35,"time":1795615205123,"msg":"x"}', 'info', 'audit'],
    ['{"level":10,"time":1795615205123,"msg":"x"}', 'debug', 'trace'],
    ['{"level":5000,"time":1795615205123,"msg":"x"}', 'fatal', 'alarm'],
    ['{"level":7777,"time":1795615205123,"msg":"x"}', 'fatal', 7777],
    ['{"level":-3,"time":1795615205123,"msg":"x"}', 'debug', -3],
    ['{"level":"audit","time":1795615205123,"msg":"x"}', 'info', 'audit'],
    ['{"level":"alarm","time":1795615205123,"msg":"x"}', 'fatal', 'alarm'],
    ['{"level":"whatever","time":1795615205123,"msg":"x"}', 'info', 'whatever'],
    ['{"level":40,"time":1795615205123,"msg":"x"}', 'warn', undefined],
    ['{"severity":"WARNING","time":1795615205123,"msg":"x"}', 'warn', undefined],
  ])('%s is %s, and a level that says more stays', (line, severity, level) => {
    const entry = stored(line);
    expect(entry).toMatchObject({ severity });
    expect('tags' in entry ? entry.tags?.['level'] : entry).toBe(level);
  });

  it('takes the name of a level over its number', () => {
    const syslog = {
      labels: { 20: 'info', 30: 'notice', 80: 'emerg' },
      values: { info: 20, notice: 30, emerg: 80 },
    };
    const config = { ...CONFIG, levels: syslog };
    expect(stored('{"level":20,"time":1,"msg":"x"}', { config })).toMatchObject({ severity: 'info' });
    expect(stored('{"level":80,"time":1,"msg":"x"}', { config })).toMatchObject({ severity: 'fatal' });
  });

  it('has its message under another name, its time as text, or now', () => {
    const config = { ...CONFIG, messageKey: 'message' };
    expect(stored('{"level":30,"time":"2026-11-25T14:00:05.123Z","message":"x"}', { config })).toMatchObject({
      payload: 'x',
      timestamp: '2026-11-25 14:00:05.123000',
    });
    expect(stored('{"level":30,"msg":"x"}')).toMatchObject({
      timestamp: '2026-11-25 14:00:00.007000',
      tags: null,
    });
  });

  it('belongs to the service of the option, else of the line, else of the process', () => {
    const line = '{"level":30,"time":1795615205123,"name":"module","msg":"x"}';
    const naming = { service: 'checkout', fallback: 'fallback' };
    expect(stored(line, { naming })).toMatchObject({ serviceName: 'checkout', tags: { name: 'module' } });
    expect(stored(line)).toMatchObject({ serviceName: 'module' });
    expect(stored('{"level":30,"time":1795615205123,"msg":"x"}')).toMatchObject({ serviceName: 'fallback' });
  });

  it('keeps redaction, large numbers and halves of characters', () => {
    const line = '{"level":35,"time":1795615205123,"card":"[Redacted]","n":12345678901234567890,"msg":"x"}';
    const bytes = pinoLine(line, { config: CONFIG, naming: NAMING, id: 'i', nowMs: 0 }).toString();
    expect(bytes).toContain('"n":12345678901234567890');
    expect(stored(line)).toMatchObject({ tags: { card: '[Redacted]', level: 'audit' } });
    expect(stored('{"level":30,"time":1795615205123,"msg":"cut \\ud83d"}')).toMatchObject({
      payload: 'cut \ufffd',
    });
  });

  it('that cannot be an entry goes as it is, to become a dead letter with a reason', () => {
    const deep = `{"level":30,"time":1795615205123,"msg":"x","deep":${'['.repeat(200)}${']'.repeat(200)}}`;
    expect(stored(deep)).toMatchObject({ reason: expect.stringContaining('levels') as string });
    expect(pinoLine('no JSON', { config: CONFIG, naming: NAMING, id: 'i', nowMs: 0 }).toString()).toBe(
      'no JSON',
    );
  });
});
