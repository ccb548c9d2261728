import type { Sample } from './sample.ts';

const STACK =
  'Error: card declined\n    at charge (/app/pay.js:12:9)\n    at async checkout (/app/cart.js:40:5)';

/** Of libraries for Node.js. */
export const NODE_SAMPLES: readonly Sample[] = [
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
];
