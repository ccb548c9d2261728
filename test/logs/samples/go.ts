import type { Sample } from './sample.ts';

const GO_STACK = 'main.charge\n\t/src/pay.go:31\nmain.main\n\t/src/main.go:12';

/** Of libraries for Go. */
export const GO_SAMPLES: readonly Sample[] = [
  {
    name: 'zap',
    record: {
      level: 'info',
      ts: 1793886300.123456,
      logger: 'http',
      caller: 'pay.go:12',
      msg: 'paid',
      service: 'pay',
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123456',
      serviceName: 'pay',
      severity: 'info',
      payload: 'paid',
      tags: { logger: 'http', caller: 'pay.go:12' },
    },
  },
  {
    name: 'zap with an error and a finer time',
    record: {
      level: 'dpanic',
      ts: '2026-11-05T14:45:00.1234567+0100',
      caller: 'pay.go:12',
      msg: 'charge',
      'service.name': 'pay',
      error: 'card declined',
      stacktrace: GO_STACK,
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123456',
      serviceName: 'pay',
      severity: 'fatal',
      payload: 'charge',
      tags: {
        level: 'dpanic',
        ts: '2026-11-05T14:45:00.1234567+0100',
        caller: 'pay.go:12',
        error: 'card declined',
        stacktrace: GO_STACK,
      },
    },
  },
  {
    name: 'slog',
    record: {
      time: '2026-11-05T13:45:00.123456Z',
      level: 'DEBUG-4',
      msg: 'look',
      service: 'pay',
      user: { id: 7 },
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123456',
      serviceName: 'pay',
      severity: 'debug',
      payload: 'look',
      tags: { level: 'DEBUG-4', user: { id: 7 } },
    },
  },
  {
    name: 'slog with an error',
    record: {
      time: '2026-11-05T13:45:00.123456789Z',
      level: 'ERROR',
      source: { function: 'main.charge', file: '/src/pay.go', line: 31 },
      msg: 'charge',
      app: 'pay',
      err: 'card declined',
      stack: GO_STACK,
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123456',
      serviceName: 'pay',
      severity: 'error',
      payload: 'charge',
      tags: {
        time: '2026-11-05T13:45:00.123456789Z',
        source: { function: 'main.charge', file: '/src/pay.go', line: 31 },
        err: 'card declined',
        stack: GO_STACK,
      },
    },
  },
  {
    name: 'zerolog',
    record: { level: 'warn', service: 'pay', time: 1793886300, caller: 'pay.go:12', message: 'slow' },
    entry: {
      timestamp: '2026-11-05 13:45:00.000000',
      serviceName: 'pay',
      severity: 'warn',
      payload: 'slow',
      tags: { caller: 'pay.go:12' },
    },
  },
  {
    name: 'zerolog with an error and no message',
    record: {
      level: 'panic',
      service: 'pay',
      stack: [{ func: 'charge', line: '31', source: 'pay.go' }],
      error: 'card declined',
      time: '2026-11-05T13:45:00Z',
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.000000',
      serviceName: 'pay',
      severity: 'fatal',
      payload: 'card declined',
      tags: { level: 'panic', stack: [{ func: 'charge', line: '31', source: 'pay.go' }] },
    },
  },
];
