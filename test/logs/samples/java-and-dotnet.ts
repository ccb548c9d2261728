import type { Sample } from './sample.ts';

const JAVA_STACK =
  'java.lang.IllegalStateException: no stock\n\tat shop.Cart.add(Cart.java:42)\n\tat shop.Main.main(Main.java:9)\n';
const DOTNET_STACK =
  'System.InvalidOperationException: no stock\n   at Shop.Cart.Add(Int32 id) in /src/Cart.cs:line 42';

/** Of libraries for Java and .NET, and in the Elastic Common Schema. */
export const JAVA_AND_DOTNET_SAMPLES: readonly Sample[] = [
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
