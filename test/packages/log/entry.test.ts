import { expect, it } from 'vitest';
import { type Entry, entryLine } from '../../../packages/log/src/entry.ts';
import { idSequence } from '../../../packages/log/src/ids.ts';
import { serviceOfProcess } from '../../../packages/log/src/service.ts';
import { decode } from '../../../src/logs/decode.ts';
import { messageOf } from '../../logs/messages.ts';

const NOW_MS = Date.UTC(2026, 10, 25, 14, 0, 5, 123);

function stored(entry: Entry) {
  return decode(messageOf(entryLine(entry, { id: 'id-1', nowMs: NOW_MS, service: 'cart' }).toString()));
}

it('an entry has a service, a severity, a time and an id, said or not', () => {
  expect(stored({ payload: 'x' })).toEqual({
    timestamp: '2026-11-25 14:00:05.123000',
    eventId: expect.stringMatching(/^id-1~.{8}$/) as string,
    serviceName: 'cart',
    severity: 'info',
    payload: 'x',
    tags: null,
  });
  const said = {
    service: 'mail',
    severity: 'error',
    timestamp: '2026-11-25T15:00:00.123456+01:00',
    id: 'mine',
  } as const;
  expect(stored({ payload: 'x', ...said, tags: { a: [1, null] } })).toMatchObject({
    timestamp: '2026-11-25 14:00:00.123456',
    eventId: expect.stringMatching(/^mine~/) as string,
    serviceName: 'mail',
    severity: 'error',
    tags: '{"a":[1,null]}',
  });
  expect(stored({ payload: 'x', timestamp: NOW_MS })).toMatchObject(
    stored({ payload: 'x', timestamp: new Date(NOW_MS) }),
  );
});

it('whatever the tags hold, the entry is there', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  expect(stored({ payload: 'x', tags: circle })).toMatchObject({
    payload: 'x',
    tags: expect.stringContaining('lms_unsayable') as string,
  });
  const error = Object.assign(new Error('out', { cause: new TypeError('in') }), { code: 'E1' });
  const entry = stored({ payload: 'half \ud83d', tags: { big: 2n ** 70n, error, service_name: 'tag' } });
  expect(entry).toMatchObject({ payload: 'half \ufffd', serviceName: 'cart' });
  const tags = JSON.parse('tags' in entry ? (entry.tags ?? '') : '') as Record<string, unknown>;
  expect(tags).toMatchObject({
    big: String(2n ** 70n),
    error: { type: 'Error', message: 'out', code: 'E1', cause: { type: 'TypeError', message: 'in' } },
  });
});

it('ids are unique and sort as they were made', () => {
  const next = idSequence();
  const ids = Array.from({ length: 2_000 }, next);
  expect(new Set(ids).size).toBe(2_000);
  expect(ids.toSorted()).toEqual(ids);
  expect(next().slice(10)).not.toBe(idSequence()().slice(10));
});

it.each([
  [{ LMS_SERVICE: 'a', OTEL_SERVICE_NAME: 'b' }, 'a'],
  [{ LMS_SERVICE: ' ', OTEL_SERVICE_NAME: 'b', K_SERVICE: 'd' }, 'b'],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'host.name=h, service.name=c%20c', K_SERVICE: 'd' }, 'c c'],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=%zz' }, '%zz'],
  [{ K_SERVICE: 'd' }, 'd'],
  [{}, 'lms-log'],
])('the service of %j is %s', (env, name) => {
  expect(serviceOfProcess(env, `${import.meta.dirname}/../../../packages/log/src`)).toBe(name);
});

it('a process that says its name nowhere is unknown', () => {
  expect(serviceOfProcess({}, '/')).toBe('unknown_service');
});
