import { storedId } from '../../support/stored-id.ts';
import type { Sample } from './sample.ts';

const STACK =
  'Traceback (most recent call last):\n  File "pay.py", line 31, in charge\nValueError: card declined';
const KUBERNETES = {
  pod_name: 'cart-7d9f',
  namespace_name: 'shop',
  container_name: 'server',
  labels: { app: 'cart', 'pod-template-hash': '7d9f' },
};

/** Records as Google's agents and log collectors have them. */
export const COLLECTOR_SAMPLES: readonly Sample[] = [
  {
    name: "Google's structured logging",
    record: {
      severity: 'NOTICE',
      message: 'paid',
      time: '2026-11-05T13:45:00.123456Z',
      service: 'pay',
      'logging.googleapis.com/trace': 'projects/shop/traces/0af7651916cd43dd8448eb211c80319c',
      'logging.googleapis.com/spanId': 'b7ad6b7169203331',
      'logging.googleapis.com/insertId': '42',
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123456',
      eventId: storedId('42', 'pay'),
      serviceName: 'pay',
      severity: 'info',
      payload: 'paid',
      tags: {
        severity: 'NOTICE',
        'logging.googleapis.com/trace': 'projects/shop/traces/0af7651916cd43dd8448eb211c80319c',
        'logging.googleapis.com/spanId': 'b7ad6b7169203331',
        'logging.googleapis.com/insertId': '42',
        trace_id: '0af7651916cd43dd8448eb211c80319c',
      },
    },
  },
  {
    name: "Google's structured logging of an error, the time in two members",
    record: {
      severity: 'ERROR',
      message: STACK,
      timestampSeconds: 1793886300,
      timestampNanos: 123456000,
      serviceContext: { service: 'pay', version: '3' },
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123456',
      serviceName: 'pay',
      severity: 'error',
      payload: STACK,
      tags: { serviceContext: { version: '3' } },
    },
  },
  {
    name: "Google's structured logging, the time an object",
    record: {
      severity: 'warning',
      message: 'slow',
      timestamp: { seconds: 1793886300, nanos: 123456789 },
      service: 'pay',
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123456',
      serviceName: 'pay',
      severity: 'warn',
      payload: 'slow',
      tags: { timestamp: { seconds: 1793886300, nanos: 123456789 } },
    },
  },
  {
    name: 'Fluent Bit, of a text',
    record: {
      time: '2026-11-05T13:45:00.123456789Z',
      stream: 'stderr',
      log: `${STACK}\n`,
      kubernetes: KUBERNETES,
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123456',
      serviceName: 'cart',
      severity: 'info',
      payload: STACK,
      tags: {
        time: '2026-11-05T13:45:00.123456789Z',
        stream: 'stderr',
        kubernetes: { ...KUBERNETES, labels: { 'pod-template-hash': '7d9f' } },
      },
    },
  },
  {
    name: 'Fluent Bit, of a JSON record',
    record: {
      date: 1793886300.123456,
      time: '2026-11-05T13:45:00.124Z',
      log: '{"level":"error","time":"2026-11-05T13:45:00.123Z","msg":"declined","order":12345678901234567890}\n',
      kubernetes: KUBERNETES,
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.123000',
      serviceName: 'cart',
      severity: 'error',
      payload: 'declined',
      tags: {
        order: 12345678901234567890,
        date: 1793886300.123456,
        kubernetes: { ...KUBERNETES, labels: { 'pod-template-hash': '7d9f' } },
        fluent: { time: '2026-11-05T13:45:00.124Z' },
      },
    },
  },
  {
    name: 'Fluent Bit, of the journal',
    record: {
      date: 1793886300.5,
      PRIORITY: '3',
      SYSLOG_IDENTIFIER: 'sshd',
      _SYSTEMD_UNIT: 'ssh.service',
      MESSAGE: 'refused',
    },
    entry: {
      timestamp: '2026-11-05 13:45:00.500000',
      serviceName: 'sshd',
      severity: 'error',
      payload: 'refused',
      tags: { _SYSTEMD_UNIT: 'ssh.service' },
    },
  },
];
