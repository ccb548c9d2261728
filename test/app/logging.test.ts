import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLog, type LogOptions } from '../../src/app/logging.ts';

/** A log and what it has written so far: at once, not later. */
function logInto(level: LogOptions['level'], isTTY = false) {
  const output = Object.assign(new PassThrough(), { isTTY });
  const log = createLog({ level, command: 'mon', output });
  return { log, written: () => String(output.read() ?? '') };
}

function json(line: string): unknown {
  return JSON.parse(line);
}

describe('the log', () => {
  it('is one JSON object a line, with level, time, command and process', () => {
    const { log, written } = logInto('info');
    log.info({ rows: 5000, reason: 'size' }, 'flushed');
    const line = written();
    expect(line.endsWith('\n')).toBe(true);
    expect(json(line)).toMatchObject({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      service: 'lms',
      command: 'mon',
      pid: process.pid,
      rows: 5000,
      reason: 'size',
      msg: 'flushed',
    });
  });

  it('is readable lines on a terminal', () => {
    const { log, written } = logInto('info', true);
    log.warn({ attempt: 2 }, 'the database does not answer');
    const line = written();
    expect(line).toContain('WARN');
    expect(line).toContain('the database does not answer');
    expect(line).toContain('"attempt":2');
    expect(line).not.toContain(String(process.pid));
    expect(line.split('\n')).toHaveLength(2);
  });

  it('shows on a terminal what cannot be seen, and keeps its own colours', () => {
    const { log, written } = logInto('info', true);
    const hostile = 'a\u001b[2J\u001b[31m\u009b2J\u202e\u200b\nb';
    const shown = 'a\\u001b[2J\\u001b[31m\\u009b2J\\u202e\\u200b\\nb';
    log.warn({ where: hostile, [hostile]: 1, err: new Error(hostile) }, hostile);
    const lines = written();
    expect(lines).toContain('\u001b[33mWARN\u001b[39m');
    const plain = lines.replaceAll(/\u001b\[(3[0-9]|39|90)m/g, '');
    expect(plain.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(plain.split(shown)).toHaveLength(5);
  });

  it('leaves out what is below its level', () => {
    const { log, written } = logInto('warn');
    log.info({}, 'not this');
    expect(written()).toBe('');
  });

  it('hides passwords, tokens and URLs, and payloads above debug', () => {
    const { log, written } = logInto('info');
    log.error(
      { url: 'mysql://u:secret@h', target: { password: 'secret' }, token: 'secret', payload: 'secret' },
      'x',
    );
    expect(written()).not.toContain('secret');

    const debug = logInto('debug');
    debug.log.debug({ payload: 'hello', password: 'secret' }, 'x');
    const line = debug.written();
    expect(line).toContain('hello');
    expect(line).not.toContain('secret');
  });

  it('shows an error without its stack, and without whatever else hangs on it, until debug is asked for', () => {
    const error = Object.assign(new Error('Deadlock found'), {
      code: 'ER_LOCK_DEADLOCK',
      sql: 'INSERT … secret',
    });
    const { log, written } = logInto('info');
    log.error({ err: error }, 'flush failed');
    expect(json(written())).toHaveProperty('err', {
      name: 'Error',
      code: 'ER_LOCK_DEADLOCK',
      message: 'Deadlock found',
    });

    const debug = logInto('debug');
    debug.log.error({ err: error }, 'flush failed');
    expect(json(debug.written())).toHaveProperty('err.stack', error.stack);
  });
});
