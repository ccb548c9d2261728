import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contractFaults } from '../../support/entry-contract.ts';
import { storedId } from '../../support/stored-id.ts';
import { entryOf, logEntry, PUBLISHED, rejectionOf, tagsIn } from '../messages.ts';

describe('a LogEntry of Cloud Logging', () => {
  it('becomes an entry, with everything that has no column in the tags', () => {
    const entry = entryOf(
      logEntry({
        labels: { team: 'a' },
        trace: 'projects/shop/traces/1e5',
        spanId: '1',
        split: { index: 1 },
      }),
    );
    expect(entry).toMatchObject({
      timestamp: '2026-11-05 13:45:00.123456',
      eventId: storedId('65f0c1d2000a1b2c3d4e5f60', 'projects/shop/logs/run.googleapis.com%2Fstdout 789'),
      serviceName: 'checkout',
      severity: 'info',
      payload: 'Hello',
    });
    expect(tagsIn(entry)).toEqual({
      resource: {
        type: 'cloud_run_revision',
        labels: { service_name: 'checkout', revision_name: 'checkout-00042-abc', location: 'europe-west1' },
      },
      logName: 'projects/shop/logs/run.googleapis.com%2Fstdout',
      timestamp: '2026-11-05T13:45:00.123456789Z',
      receiveTimestamp: '2026-11-05T13:45:00.250000001Z',
      trace_id: '1e5',
      labels: { team: 'a' },
      trace: 'projects/shop/traces/1e5',
      spanId: '1',
      split: { index: 1 },
    });
  });

  it.each([
    ['DEFAULT', 0, 'info', 'kept'],
    ['DEBUG', 100, 'debug', 'told'],
    ['INFO', 200, 'info', 'told'],
    ['NOTICE', 300, 'info', 'kept'],
    ['WARNING', 400, 'warn', 'told'],
    ['ERROR', 500, 'error', 'told'],
    ['CRITICAL', 600, 'fatal', 'told'],
    ['ALERT', 700, 'fatal', 'kept'],
    ['EMERGENCY', 800, 'fatal', 'kept'],
  ])('with severity %s or %d becomes %s, the original %s', (name, number, severity, original) => {
    for (const given of [name, number]) {
      const entry = entryOf(logEntry({ severity: given }));
      expect(entry.severity).toBe(severity);
      expect(tagsIn(entry)).toMatchObject(original === 'kept' ? { severity: given } : {});
      if (original === 'told') expect(tagsIn(entry)).not.toHaveProperty('severity');
    }
  });

  it.each([undefined, null])(
    'without a severity (%s) is info, and no tag says that it was DEFAULT',
    (severity) => {
      const absent = entryOf(logEntry({ severity }));
      expect(absent).toMatchObject({ severity: 'info', payload: 'Hello' });
      expect(tagsIn(absent)).not.toHaveProperty('severity');
      const given = entryOf(logEntry({ severity: 'DEFAULT' }));
      expect(given).toMatchObject({ severity: 'info', payload: 'Hello' });
      expect(tagsIn(given)).toEqual({ ...(tagsIn(absent) as object), severity: 'DEFAULT' });
    },
  );

  it.each(['loud', '200', 150, -1, true, {}, 'toString'])('with severity %j is rejected', (severity) => {
    expect(rejectionOf(logEntry({ severity })).code).toBe('unknown_severity');
  });

  it('takes its time from timestamp, else receiveTimestamp, else from when it was published', () => {
    expect(entryOf(logEntry({ timestamp: undefined })).timestamp).toBe('2026-11-05 13:45:00.250000');
    expect(entryOf(logEntry({ timestamp: null, receiveTimestamp: null })).timestamp).toBe(PUBLISHED);
    expect(rejectionOf(logEntry({ timestamp: 'yesterday' })).code).toBe('bad_timestamp');
    expect(rejectionOf(logEntry({ timestamp: undefined, receiveTimestamp: true })).code).toBe('wrong_type');
  });

  it('keeps a JSON or protobuf payload as JSON text, and has an empty payload if it has none', () => {
    const json = { event: 'paid', amount: 12.5, items: [{ id: 'a' }] };
    expect(entryOf(logEntry({ textPayload: undefined, jsonPayload: json })).payload).toBe(
      JSON.stringify(json),
    );
    const proto = { '@type': 'type.googleapis.com/google.cloud.audit.AuditLog', methodName: 'x' };
    expect(entryOf(logEntry({ textPayload: undefined, protoPayload: proto })).payload).toBe(
      JSON.stringify(proto),
    );
    expect(entryOf(logEntry({ textPayload: undefined })).payload).toBe('');
  });

  it('loses neither payload if a writer sends two', () => {
    const entry = entryOf(logEntry({ jsonPayload: { a: 1 } }));
    expect(entry.payload).toBe('Hello');
    expect(tagsIn(entry)).toHaveProperty('jsonPayload', { a: 1 });
  });

  it.each([
    [{ textPayload: 5 }, 'wrong_type'],
    [{ textPayload: undefined, jsonPayload: 'text' }, 'wrong_type'],
    [{ textPayload: undefined, protoPayload: [1] }, 'wrong_type'],
    [{ textPayload: '\ud800' }, 'malformed_unicode'],
    [{ textPayload: undefined, jsonPayload: { a: '\ud800' } }, 'malformed_unicode'],
    [{ labels: { '\udfff': '' } }, 'malformed_unicode'],
  ])('with %j is rejected', (fields, code) => {
    expect(rejectionOf(logEntry(fields)).code).toBe(code);
  });

  it('keeps in the tags an insertId that is not its identity', () => {
    const replaced = entryOf(logEntry(), { attributes: { event_id: 'mine' } });
    expect(replaced.eventId).toBe(storedId('mine', 'checkout'));
    expect(tagsIn(replaced)).toHaveProperty('insertId', '65f0c1d2000a1b2c3d4e5f60');
    expect(tagsIn(entryOf(logEntry({ insertId: 'two words' })))).toHaveProperty('insertId', 'two words');
    expect(tagsIn(entryOf(logEntry({ insertId: 7 })))).toHaveProperty('insertId', 7);
  });
});

describe('the service of a LogEntry', () => {
  it.each([
    ['cloud_run_revision', 'service_name'],
    ['cloud_run_job', 'job_name'],
    ['k8s_container', 'container_name'],
    ['cloud_function', 'function_name'],
    ['gae_app', 'module_id'],
  ])('of a %s is its %s', (type, label) => {
    const labels = { project_id: 'shop', [label]: ' billing ' };
    expect(entryOf(logEntry({ resource: { type, labels } })).serviceName).toBe('billing');
  });

  it('is the id of its log, decoded, where the resource does not name one', () => {
    const machine = { type: 'gce_instance', labels: { instance_id: '1' } };
    expect(entryOf(logEntry({ resource: machine })).serviceName).toBe('run.googleapis.com/stdout');
    expect(
      entryOf(logEntry({ resource: { type: 'gae_app', labels: { module_id: ' ' } } })).serviceName,
    ).toMatch(/stdout$/);
    expect(entryOf(logEntry({ resource: machine, logName: '/folders/1/logs/100%' })).serviceName).toBe(
      '100%',
    );
    expect(entryOf(logEntry({ resource: machine, logName: 'syslog' })).serviceName).toBe('syslog');
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'is the id of its log where the resource has type %s',
    (type) => {
      const entry = entryOf(logEntry({ resource: { type, labels: {} } }));
      expect(entry.serviceName).toBe('run.googleapis.com/stdout');
    },
  );

  it('is the type of its resource where there is no log name either', () => {
    const resource = { type: 'gce_instance', labels: {} };
    expect(entryOf(logEntry({ resource, logName: undefined })).serviceName).toBe('gce_instance');
    expect(entryOf(logEntry({ resource, logName: 5 })).serviceName).toBe('gce_instance');
  });

  it('is missing where nothing names it', () => {
    const nameless = logEntry({ resource: 'cloud_run_revision', logName: '/logs/' });
    expect(rejectionOf(nameless)).toMatchObject({
      code: 'missing_field',
      reason: expect.stringContaining('DEFAULT_SERVICE') as string,
    });
    expect(entryOf(nameless, {}, { defaultService: 'shop' }).serviceName).toBe('shop');
  });

  it('is cut to 100 whole characters, and the tags keep the log name in full', () => {
    const resource = { type: 'global' };
    const logName = `projects/shop/logs/${encodeURIComponent('😀'.repeat(150))}`;
    const entry = entryOf(logEntry({ resource, logName }));
    expect(entry.serviceName).toBe('😀'.repeat(100));
    expect(tagsIn(entry)).toHaveProperty('logName', logName);
    expect(entryOf(logEntry({ resource, logName: `${'x'.repeat(99)} ${'y'.repeat(200)}` })).serviceName).toBe(
      'x'.repeat(99),
    );
  });

  it('is never malformed, whatever the log is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (logName) => {
        fc.pre(logName.isWellFormed() && logName.trim() !== '');
        expect(contractFaults(entryOf(logEntry({ resource: { type: 'global' }, logName })))).toEqual([]);
      }),
    );
    expect(rejectionOf(logEntry({ resource: { type: 'global' }, logName: '\ud800' })).code).toBe(
      'malformed_unicode',
    );
  });
});
