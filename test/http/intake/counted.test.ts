import { expect, it } from 'vitest';
import { OPEN } from '../../../src/access/grant.ts';
import { ServerMetrics } from '../../../src/health/server-metrics.ts';
import { ELASTIC_ROUTES } from '../../../src/http/intake/elasticsearch.ts';
import { LOKI_ROUTES } from '../../../src/http/intake/loki.ts';
import { otlpLogs } from '../../../src/http/intake/otlp.ts';
import { postEntries } from '../../../src/http/resources/post-entries.ts';
import { openHttp } from '../../support/http-server.ts';
import { IntakeWorld } from '../../support/intake.ts';

const RECORD = '{"service_name":"cart","payload":"x","severity":"info","timestamp":"2026-11-25T14:00:05Z"}';
const OTLP = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }] };
const PUSH = { streams: [{ stream: { service_name: 'cart' }, values: [['1795615205123456789', 'x']] }] };

/** The series that are not zero. */
async function counted(events: ServerMetrics): Promise<Record<string, number>> {
  const { body } = await events.text();
  const series = body.matchAll(/^lms_intake_entries_total\{protocol="(\w+)",outcome="(\w+)"\} (\d+)$/gm);
  const all = [...series].map(([, protocol, outcome, count]) => [
    `${protocol ?? ''} ${outcome ?? ''}`,
    Number(count),
  ]);
  return Object.fromEntries(all.filter(([, count]) => count !== 0)) as Record<string, number>;
}

it('what shippers send is counted by protocol and outcome', async () => {
  const world = new IntakeWorld();
  await world.send(postEntries, { body: `[${RECORD},${RECORD},7]` });
  await world.send(postEntries, { body: RECORD, grant: { ...OPEN, services: ['other'] } });
  await world.send(otlpLogs, { body: JSON.stringify(OTLP) });
  await world.send(LOKI_ROUTES[0]!, { body: JSON.stringify(PUSH) });
  await world.send(ELASTIC_ROUTES[0]!, { body: `{"index":{"_index":"cart"}}\n${RECORD}\n` });
  world.publishesLeft = 0;
  await world.send(otlpLogs, { body: JSON.stringify(OTLP) });
  world.inFlight.take(64 * 1024 * 1024 - 1_000);
  await world.send(postEntries, { body: `[${RECORD},${RECORD}]` });
  expect(await counted(world.events)).toEqual({
    'entries accepted': 2,
    'entries rejected': 2,
    'otlp accepted': 1,
    'loki accepted': 1,
    'elasticsearch accepted': 1,
    'otlp failed': 1,
    'entries overloaded': 2,
  });
});

it('what comes by the interfaces of older servers, too', async () => {
  const events = new ServerMetrics();
  const server = await openHttp({ events });
  const send = (path: string, body: string, type: string) =>
    server.ask(path, { method: 'POST', body, headers: { 'content-type': type } });
  await send('/messages', 'clientid=1&loglevel=info&message=x', 'application/x-www-form-urlencoded');
  await send('/logs', '{"message":"x"}', 'application/json');
  await send('/access-log/logs', 'a\nb\n', 'text/plain');
  expect(await counted(events)).toEqual({ 'messages accepted': 1, 'sink accepted': 1, 'lines accepted': 2 });
});

it('metrics tell what became of entries, and of requests in which none were found', async () => {
  const world = new IntakeWorld();
  const count = async (outcome: string) => {
    const { body } = await world.events.text();
    const label = `protocol="entries",outcome="${outcome}"`;
    return Number(new RegExp(`^lms_intake_entries_total{${label}} (.*)$`, 'm').exec(body)?.[1] ?? 0);
  };
  const counts = () => Promise.all(['accepted', 'rejected', 'overloaded', 'failed'].map(count));
  const bad = '"bad"';
  const body = `[${[JSON.stringify(record('a')), bad, JSON.stringify(record('b')), JSON.stringify(record('c'))].join(',')}]`;
  const grant = { ...OPEN, services: ['ca*'] };
  await world.send(postEntries, { body, grant });
  await world.send(postEntries, { body: JSON.stringify(record('d', { service_name: 'x' })), grant });
  expect(await counts()).toEqual([3, 2, 0, 0]);
  const headers = { 'idempotency-key': 'k1' };
  for (let n = 0; n < 2; n += 1) await world.send(postEntries, { body, headers });
  expect(await counts()).toEqual([6, 3, 0, 0]);
  const hold = world.inFlight.take(64 * 1024 * 1024 - 10);
  await world.send(postEntries, { body });
  hold.release();
  expect(await counts()).toEqual([6, 3, 1, 0]);
  world.publishesLeft = 1;
  const many = Array.from({ length: 2_500 }, (_none, n) => record(`m ${n}`));
  await world.send(postEntries, { body: JSON.stringify(many) });
  expect(await counts()).toEqual([1_006, 3, 1, 1_500]);
  await world.send(postEntries, { body: 'no JSON' });
  expect(await counts()).toEqual([1_006, 4, 1, 1_500]);
});

function record(payload: string, more: object = {}): object {
  return { ...(JSON.parse(RECORD) as object), payload, ...more };
}
