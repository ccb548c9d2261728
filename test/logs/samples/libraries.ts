import type { LogEntry } from '../../../src/logs/entry.ts';

/**
 * A record as a logging library writes it, and the entry that it is: `tags` parsed, `eventId` left out where
 * it is the message's.
 */
export interface Sample {
  readonly name: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly entry: Omit<LogEntry, 'eventId' | 'tags'> & { readonly tags: unknown; readonly eventId?: string };
}

const STACK =
  'Error: card declined\n    at charge (/app/pay.js:12:9)\n    at async checkout (/app/cart.js:40:5)';
const JAVA_STACK =
  'java.lang.IllegalStateException: no stock\n\tat shop.Cart.add(Cart.java:42)\n\tat shop.Main.main(Main.java:9)\n';
const GO_STACK = 'main.charge\n\t/src/pay.go:31\nmain.main\n\t/src/main.go:12';
const DOTNET_STACK =
  'System.InvalidOperationException: no stock\n   at Shop.Cart.Add(Int32 id) in /src/Cart.cs:line 42';

export const LIBRARY_SAMPLES: readonly Sample[] = [
  {
    name: 'pino',
    record: {
      level: 30,
      time: 1793886300123,
      pid: 7,
      hostname: 'web-1',
      name: 'checkout',
      reqId: 'r-9',
      msg: 'paid',
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123000',
      serviceName: 'checkout',
      severity: 'info',
      payload: 'paid',
      tags: { pid: 7, hostname: 'web-1', reqId: 'r-9' },
    },
  },
  {
    name: 'pino with an error, of a level between',
    record: {
      level: 55,
      time: 1793886300123,
      pid: 7,
      hostname: 'web-1',
      service: 'checkout',
      err: { type: 'Error', message: 'card declined', stack: STACK },
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      msg: 'card declined',
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123000',
      serviceName: 'checkout',
      severity: 'error',
      payload: 'card declined',
      tags: {
        level: 55,
        pid: 7,
        hostname: 'web-1',
        err: { type: 'Error', message: 'card declined', stack: STACK },
        trace_id: '0af7651916cd43dd8448eb211c80319c',
      },
    },
  },
  {
    name: 'bunyan',
    record: {
      name: 'cart',
      hostname: 'web-1',
      pid: 7,
      level: 10,
      msg: 'look',
      time: '2026-11-05T13:45:00.123Z',
      v: 0,
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123000',
      serviceName: 'cart',
      severity: 'debug',
      payload: 'look',
      tags: { hostname: 'web-1', pid: 7, level: 10, v: 0 },
    },
  },
  {
    name: 'bunyan with an error',
    record: {
      name: 'cart',
      hostname: 'web-1',
      pid: 7,
      level: 60,
      err: { message: 'card declined', name: 'Error', stack: STACK },
      msg: 'card declined',
      time: '2026-11-05T13:45:00.123Z',
      v: 0,
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123000',
      serviceName: 'cart',
      severity: 'fatal',
      payload: 'card declined',
      tags: {
        hostname: 'web-1',
        pid: 7,
        v: 0,
        err: { message: 'card declined', name: 'Error', stack: STACK },
      },
    },
  },
  {
    name: 'winston',
    record: {
      level: 'http',
      message: 'GET /cart 200',
      service: 'web',
      timestamp: '2026-11-05T13:45:00.123Z',
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123000',
      serviceName: 'web',
      severity: 'info',
      payload: 'GET /cart 200',
      tags: { level: 'http' },
    },
  },
  {
    name: 'winston with an error and no zone',
    record: {
      level: '\u001b[31merror\u001b[39m',
      message: 'card declined',
      stack: STACK,
      service: 'web',
      timestamp: '2026-11-05 13:45:00,123',
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123000',
      serviceName: 'web',
      severity: 'error',
      payload: 'card declined',
      tags: { stack: STACK, timestamp: '2026-11-05 13:45:00,123' },
    },
  },
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
  {
    name: "Logback by Logstash's encoder",
    record: {
      '@timestamp': '2026-11-05T14:45:00.123+01:00',
      '@version': '1',
      message: 'no stock',
      logger_name: 'shop.Cart',
      thread_name: 'main',
      level: 'ERROR',
      level_value: 40000,
      stack_trace: JAVA_STACK,
      tags: ['stock'],
      appname: 'cart',
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123000',
      serviceName: 'cart',
      severity: 'error',
      payload: 'no stock',
      tags: {
        '@version': '1',
        logger_name: 'shop.Cart',
        thread_name: 'main',
        level_value: 40000,
        stack_trace: JAVA_STACK,
        tags: ['stock'],
      },
    },
  },
  {
    name: 'Logback by its own encoder',
    record: {
      sequenceNumber: 0,
      timestamp: 1793886300123,
      nanoseconds: 123456789,
      level: 'TRACE',
      threadName: 'main',
      loggerName: 'shop.Cart',
      context: { name: 'cart', birthdate: 1793886200000 },
      mdc: { traceId: '0af7651916cd43dd8448eb211c80319c' },
      formattedMessage: 'added 7',
      message: 'added {}',
      arguments: ['7'],
      throwable: null,
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123456',
      serviceName: 'cart',
      severity: 'debug',
      payload: 'added 7',
      tags: {
        sequenceNumber: 0,
        timestamp: 1793886300123,
        nanoseconds: 123456789,
        level: 'TRACE',
        threadName: 'main',
        loggerName: 'shop.Cart',
        context: { birthdate: 1793886200000 },
        message: 'added {}',
        arguments: ['7'],
        throwable: null,
        trace_id: '0af7651916cd43dd8448eb211c80319c',
      },
    },
  },
  {
    name: 'ECS with dots',
    record: {
      '@timestamp': '2026-11-05T13:45:00.123Z',
      'log.level': 'warn',
      message: 'slow',
      'ecs.version': '8.10.0',
      'service.name': 'search',
      'trace.id': '0af7651916cd43dd8448eb211c80319c',
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123000',
      serviceName: 'search',
      severity: 'warn',
      payload: 'slow',
      tags: { 'ecs.version': '8.10.0', trace_id: '0af7651916cd43dd8448eb211c80319c' },
    },
  },
  {
    name: 'ECS nested, with an error',
    record: {
      '@timestamp': '2026-11-05T13:45:00.123Z',
      log: { level: 'ERROR', logger: 'shop.Cart' },
      message: 'no stock',
      ecs: { version: '8.10.0' },
      service: { name: 'search', version: '2' },
      error: { type: 'java.lang.IllegalStateException', stack_trace: JAVA_STACK },
      trace: { id: '0af7651916cd43dd8448eb211c80319c' },
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123000',
      serviceName: 'search',
      severity: 'error',
      payload: 'no stock',
      tags: {
        log: { logger: 'shop.Cart' },
        ecs: { version: '8.10.0' },
        service: { version: '2' },
        error: { type: 'java.lang.IllegalStateException', stack_trace: JAVA_STACK },
        trace_id: '0af7651916cd43dd8448eb211c80319c',
      },
    },
  },
  {
    name: 'Filebeat',
    record: {
      '@timestamp': '2026-11-05T13:45:00.123Z',
      message: 'started',
      tags: ['eu', 'web'],
      agent: { type: 'filebeat' },
      fields: { service: 'web' },
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123000',
      serviceName: 'web',
      severity: 'info',
      payload: 'started',
      tags: { tags: ['eu', 'web'], agent: { type: 'filebeat' } },
    },
  },
  {
    name: 'Serilog, compact',
    record: {
      '@t': '2026-11-05T13:45:00.1234567Z',
      '@mt': 'Order {OrderId} for {@User} took {Elapsed:0.0} ms',
      OrderId: 17,
      User: { id: 7 },
      Elapsed: 34.2,
      Application: 'Shop',
      '@tr': '0af7651916cd43dd8448eb211c80319c',
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123456',
      serviceName: 'Shop',
      severity: 'info',
      payload: 'Order 17 for {@User} took 34.2 ms',
      tags: {
        '@t': '2026-11-05T13:45:00.1234567Z',
        '@mt': 'Order {OrderId} for {@User} took {Elapsed:0.0} ms',
        OrderId: 17,
        User: { id: 7 },
        Elapsed: 34.2,
        trace_id: '0af7651916cd43dd8448eb211c80319c',
      },
    },
  },
  {
    name: 'Serilog with an error',
    record: {
      Timestamp: '2026-11-05T14:45:00.123+01:00',
      Level: 'Fatal',
      MessageTemplate: 'Cannot add {Id}',
      Properties: { Id: 7, Application: 'Shop' },
      Exception: DOTNET_STACK,
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123000',
      serviceName: 'Shop',
      severity: 'fatal',
      payload: 'Cannot add 7',
      tags: { MessageTemplate: 'Cannot add {Id}', Properties: { Id: 7 }, Exception: DOTNET_STACK },
    },
  },
];
