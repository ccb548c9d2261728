import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../../src/agent/formats/zone.ts';
import { CONTEXT, read } from './reading.ts';

const BERLIN = { ...CONTEXT, zone: zoneOf('Europe/Berlin')! };

describe('a line of text', () => {
  it.each([
    ['2026-11-05T13:45:00.5Z x', '13:45:00.500000'],
    ['2026-11-05 13:45:00,678 x', '12:45:00.678000'],
    ['2026-11-05 13:45:00.678 +0100 x', '12:45:00.678000'],
    ['2026-11-05 13:45:00.678 UTC [12] LOG:  x', '13:45:00.678000'],
    ['2026-11-05 13:45:00.678 CET [12] LOG:  x', '12:45:00.678000'],
    ['2026-11-05 13:45:00 -12.5 degrees', '12:45:00.000000'],
    ['2026-11-05 13:45:00 - app - INFO - x', '12:45:00.000000'],
    ['2026/11/05 13:45:00 x', '12:45:00.000000'],
    ['[2026-11-05 13:45:00 +0000] [7] [INFO] x', '13:45:00.000000'],
    ['[2026-11-05T13:45:00,123][INFO ][o.e.n.Node] x', '12:45:00.123000'],
    ['E, [2026-11-05T13:45:00.123456 #7] ERROR -- : x', '12:45:00.123456'],
    ['[05-Nov-2026 13:45:00 UTC] PHP Warning:  x', '13:45:00.000000'],
    ['05/Nov/2026:13:45:00 +0000 x', '13:45:00.000000'],
    ['[05/Nov/2026:13:45:00.123] x', '12:45:00.123000'],
    ['20261105T134500Z x', '13:45:00.000000'],
    ['Nov  5 13:45:00 x', '12:45:00.000000'],
    ['Thu Nov  5 13:45:00 2026 x', '12:45:00.000000'],
    ['Thu Nov  5 13:45:00 UTC 2026 x', '13:45:00.000000'],
    ['1793886300.123    45 10.0.0.1 TCP_MISS/200 0 GET http://x/', '13:45:00.123000'],
    ['[1793886300] x', '13:45:00.000000'],
    ['I1105 13:45:00.123456    1234 main.go:12] x', '12:45:00.123456'],
    ['2026-11-05T13:44:60Z x', '13:45:00.000000'],
  ])('has the time that it begins with: %s', (line, time) => {
    expect(read('text', line, BERLIN)).toMatchObject({ timestamp: `2026-11-05 ${time}`, payload: line });
  });

  it.each([
    'x 2026-11-05T13:45:00Z',
    '1793886300 x',
    '1793886300.5.2 x',
    '12:45:00,123 INFO x',
    '2026-11-05 x',
    '2026-02-30 13:45:00 x',
    '2026-11-05 25:45:00 x',
    '[12345.678901] usb 1-1: new device',
    '12345678901234567890 x',
    'Now 5 13:45:00 x',
    'I1305 13:45:00.123456    1234 main.go:12] x',
  ])('has none where it is not sure: %s', (line) => {
    expect(read('text', line, BERLIN)).not.toHaveProperty('timestamp');
  });

  it('keeps a time that a column holds less of', () => {
    expect(read('text', '2026-11-05T13:45:00.123456789Z x')?.tags).toEqual({
      timestamp: '2026-11-05T13:45:00.123456789Z',
    });
    expect(read('text', '2026-11-05T13:45:00.123456000Z x')?.tags).toEqual({});
  });

  it.each([
    ['ERROR: x', 'error'],
    ['[warning] x', 'warn'],
    ['error: x', 'error'],
    ['WARNING:root:x', 'warn'],
    ['DEBUG x', 'debug'],
    ['fail: Microsoft.Hosting[0]', 'error'],
    ['PHP Fatal error:  x', 'fatal'],
    ['2026-11-05 13:45:00,678 - mylogger - ERROR - x', 'error'],
    ['2026-11-05 13:45:00.678  WARN 1 --- [main] o.s.Boot : x', 'warn'],
    ['2026-11-05 13:45:00,678 [http-nio-8080-exec-1] ERROR com.x.Y - x', 'error'],
    ['2026-11-05T13:45:00.123456Z 0 [Warning] [MY-010068] [Server] x', 'warn'],
    ['[2026-11-05T13:45:00,123][ERROR][o.e.n.Node] x', 'error'],
    ['2026-11-05T13:45:00.123Z\terror\tserver/main.go:12\tx', 'error'],
    ['[2026-11-05T13:45:00Z WARN  mycrate::x] x', 'warn'],
    ['2026-11-05 13:45:00.123 UTC [12] FATAL:  x', 'fatal'],
    ['E1105 13:45:00.123456    1234 main.go:12] x', 'error'],
    ['Traceback (most recent call last):', 'error'],
    ['Exception in thread "main" java.lang.IllegalStateException: x', 'error'],
    ['java.io.IOException: x', 'error'],
    ['TypeError: x is not a function', 'error'],
    ['panic: runtime error: index out of range', 'fatal'],
    ['hello', 'info'],
    ['the user sent an ERROR code', 'info'],
    ['2026-11-05 13:45:00 the user has sent ERROR', 'info'],
    ['no errors: all fine', 'info'],
    ['ERRORS were found', 'info'],
    ['information: x', 'info'],
  ])('has the level that it says in the usual places: %s', (line, severity) => {
    expect(read('text', line)).toMatchObject({ severity, payload: line });
  });

  it('keeps a level that the severity says less of', () => {
    expect(read('text', 'NOTICE: x')?.tags).toEqual({ level: 'NOTICE' });
  });
});
