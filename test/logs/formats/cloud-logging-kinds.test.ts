import { describe, expect, it } from 'vitest';
import { storedId } from '../../support/stored-id.ts';
import { entryOf, logEntry, rejectionOf, tagsIn } from '../messages.ts';

const TIMESTAMP = '2026-11-05T13:45:00.123456Z';
const entryWith = (fields: Record<string, unknown>) => entryOf(logEntry({ timestamp: TIMESTAMP, ...fields }));
const jsonEntry = (jsonPayload: Record<string, unknown>, fields: Record<string, unknown> = {}) =>
  entryWith({ textPayload: undefined, jsonPayload, ...fields });

describe('what counts as a LogEntry', () => {
  it.each([
    ['a logName', { logName: 'projects/a/logs/b' }],
    ['an insertId and a resource', { insertId: '1', resource: { type: 'global', labels: {} } }],
    ['a log_name', { log_name: 'projects/a/logs/b' }],
    ['an insert_id and a resource', { insert_id: '1', resource: { type: 'global', labels: {} } }],
  ])('%s', (_what, fields) => {
    expect(entryOf({ ...fields, textPayload: 'x' }).payload).toBe('x');
  });

  it.each([
    ['a finding', { finding: { category: 'X' }, resource: { type: 'google.compute.Instance', name: 'a' } }],
    ['a write request', { logName: 'projects/a/logs/b', entries: [{ textPayload: 'x' }] }],
    ['an invoice', { resource: { type: 'invoice' } }],
    ['an insertId alone', { insertId: '1', textPayload: 'x' }],
    ['a resource without labels', { insertId: '1', resource: { type: 'global' } }],
  ])('not %s', (_what, data) => {
    expect(rejectionOf(data).code).toBe('unknown_shape');
  });

  it('one with names as protobuf spells them is the same as one in camel case', () => {
    const { insertId, logName, textPayload, receiveTimestamp, ...rest } = logEntry({ spanId: 'b7' });
    const { spanId, ...others } = rest;
    const snake = {
      ...others,
      insert_id: insertId,
      log_name: logName,
      text_payload: textPayload,
      receive_timestamp: receiveTimestamp,
      span_id: spanId,
    };
    const [one, other] = [entryOf(snake), entryOf(logEntry({ spanId: 'b7' }))];
    expect({ ...one, tags: tagsIn(one) }).toEqual({ ...other, tags: tagsIn(other) });
  });
});

describe('the payload of a LogEntry', () => {
  it('is the message of a jsonPayload, whose other members are tags', () => {
    const entry = jsonEntry({ message: 'paid', amount: 12.5, user: { id: 7 }, big: 1 });
    expect(entry.payload).toBe('paid');
    expect(tagsIn(entry)).toMatchObject({ amount: 12.5, user: { id: 7 }, big: 1 });
    expect(tagsIn(entry)).not.toHaveProperty('jsonPayload');
  });

  it('leaves members of a jsonPayload where they are if the LogEntry has others of that name', () => {
    const entry = jsonEntry({ message: 'paid', labels: { a: 1 }, amount: 1 }, { labels: { b: 2 } });
    expect(tagsIn(entry)).toMatchObject({ labels: { b: 2 }, amount: 1, jsonPayload: { labels: { a: 1 } } });
  });

  it('is a line about the request where there is nothing else, or only what a load balancer adds', () => {
    const httpRequest = {
      requestMethod: 'GET',
      status: 500,
      requestUrl: 'https://shop.example/cart',
      latency: '0.780123s',
    };
    const line = 'GET 500 https://shop.example/cart 0.78s';
    const alone = entryWith({ textPayload: undefined, httpRequest });
    expect(alone.payload).toBe(line);
    expect(tagsIn(alone)).toHaveProperty('httpRequest', httpRequest);
    const jsonPayload = { '@type': 'type.googleapis.com/x', statusDetails: 'response_sent_by_backend' };
    const balanced = jsonEntry(jsonPayload, { httpRequest });
    expect(balanced.payload).toBe(line);
    expect(tagsIn(balanced)).toHaveProperty('jsonPayload', jsonPayload);
    expect(entryWith({ textPayload: undefined, httpRequest: { status: 404 } }).payload).toBe('404');
    expect(entryWith({ httpRequest }).payload).toBe('Hello');
  });

  it('with a stack trace keeps it whole', () => {
    const stack = 'Error: declined\n    at charge (/app/pay.js:12:9)';
    const entry = jsonEntry(
      { message: 'declined', stack_trace: stack, '@type': 'ReportedErrorEvent' },
      { severity: 'ERROR' },
    );
    expect(entry).toMatchObject({ severity: 'error', payload: 'declined' });
    expect(tagsIn(entry)).toMatchObject({ stack_trace: stack });
  });
});

describe('the severity of a LogEntry', () => {
  it.each([
    [undefined, { severity: 'error' }, 'error', undefined],
    ['DEFAULT', { level: 'warn' }, 'warn', 'DEFAULT'],
    [0, { level: 50 }, 'error', 0],
    ['DEFAULT', { severity: 'loud' }, 'info', 'DEFAULT'],
    ['INFO', { severity: 'error' }, 'info', 'error'],
    ['DEFAULT', {}, 'info', 'DEFAULT'],
    [undefined, {}, 'info', undefined],
    [undefined, { level: 'notice' }, 'info', undefined],
  ])('%j with a jsonPayload of %j is %s; the tags say %j', (severity, members, expected, tag) => {
    const entry = jsonEntry({ message: 'x', ...members }, { severity });
    expect(entry.severity).toBe(expected);
    const tags = tagsIn(entry);
    if (tag === undefined) expect(tags).not.toHaveProperty('severity');
    else expect(tags).toHaveProperty('severity', tag);
  });

  it('of a jsonPayload that our severity does not tell, or nobody knows, stays in the tags', () => {
    expect(tagsIn(jsonEntry({ message: 'x', level: 'notice' }, { severity: undefined }))).toHaveProperty(
      'level',
      'notice',
    );
    const unknown = tagsIn(jsonEntry({ message: 'x', severity: 'loud' }, { severity: 'DEFAULT' }));
    expect(unknown).toHaveProperty('jsonPayload', { severity: 'loud' });
  });

  it('may be spelled in any case', () => {
    expect(entryWith({ severity: 'Warning' }).severity).toBe('warn');
  });
});

describe('the service of a LogEntry', () => {
  const container = (labels: Record<string, unknown>, name = 'server') =>
    entryWith({
      resource: { type: 'k8s_container', labels: { container_name: name, pod_name: 'cart-7d9f' } },
      labels,
    }).serviceName;

  it.each(['k8s-pod/app', 'k8s-pod/app_kubernetes_io/name', 'app.kubernetes.io/name', 'k8s-pod/k8s-app'])(
    'of a container is its label %s before its name',
    (label) => {
      expect(container({ [label]: 'cart' })).toBe('cart');
      expect(container({ [label]: 'cart' }, 'istio-proxy')).toBe('cart');
      expect(container({})).toBe('server');
    },
  );

  it('is what the application calls itself', () => {
    const resource = { type: 'gce_instance', labels: { instance_id: '1' } };
    expect(jsonEntry({ message: 'x', serviceContext: { service: 'pay' } }, { resource }).serviceName).toBe(
      'pay',
    );
    expect(jsonEntry({ message: 'x', 'service.name': 'pay' }, { resource }).serviceName).toBe('pay');
    expect(entryWith({ resource, labels: { 'service.name': 'pay' } }).serviceName).toBe('pay');
  });

  it('of an audit log is the API that it is about, where no label names it', () => {
    const audit = (resource: unknown) =>
      entryWith({ textPayload: undefined, protoPayload: { serviceName: 'compute.googleapis.com' }, resource })
        .serviceName;
    expect(audit({ type: 'gce_instance', labels: { instance_id: '1' } })).toBe('compute.googleapis.com');
    expect(audit({ type: 'cloud_run_revision', labels: { service_name: 'checkout' } })).toBe('checkout');
  });

  it.each(['http_load_balancer', 'internal_http_lb_rule', 'http_external_regional_lb_rule'])(
    'of a %s is its URL map',
    (type) => {
      expect(entryWith({ resource: { type, labels: { url_map_name: 'shop-map' } } }).serviceName).toBe(
        'shop-map',
      );
    },
  );
});

describe('the trace of a LogEntry', () => {
  it('is the tag trace_id; its resource name stays, for it names the project', () => {
    const trace = 'projects/shop/traces/0af7651916cd43dd8448eb211c80319c';
    expect(tagsIn(entryWith({ trace }))).toMatchObject({
      trace,
      trace_id: '0af7651916cd43dd8448eb211c80319c',
    });
    const plain = tagsIn(entryWith({ trace: '0af7' }));
    expect(plain).toMatchObject({ trace_id: '0af7' });
    expect(plain).not.toHaveProperty('trace');
  });
});

it('an entry of a log sink, whole', () => {
  const entry = jsonEntry({ message: 'declined', level: 'fatal', order: 17 }, { severity: 'DEFAULT' });
  expect({ ...entry, tags: tagsIn(entry) }).toEqual({
    timestamp: '2026-11-05 13:45:00.123456',
    eventId: storedId('65f0c1d2000a1b2c3d4e5f60', 'projects/shop/logs/run.googleapis.com%2Fstdout'),
    serviceName: 'checkout',
    severity: 'fatal',
    payload: 'declined',
    tags: {
      resource: {
        type: 'cloud_run_revision',
        labels: { service_name: 'checkout', revision_name: 'checkout-00042-abc', location: 'europe-west1' },
      },
      severity: 'DEFAULT',
      logName: 'projects/shop/logs/run.googleapis.com%2Fstdout',
      receiveTimestamp: '2026-11-05T13:45:00.250000001Z',
      order: 17,
    },
  });
});
