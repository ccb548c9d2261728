import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { publishedJson } from '../../src/logs/entry-json.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { lms, startLms } from '../cli/lms.ts';
import { numbered } from '../live/live-ground.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';
import { type Ground, onSqlite } from '../support/serve-ground.ts';
import { startServe } from '../support/serve-process.ts';

const PATIENCE = { timeout: 15_000, interval: 50 };

/** Reads a stream of events in the background. */
function reading(response: Response): { readonly text: string; readonly isOver: boolean } {
  const state = { text: '', isOver: false };
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  void (async () => {
    for (;;) {
      const result = await reader?.read().catch(() => undefined);
      if (result === undefined || result.done) break;
      state.text += result.value;
    }
    state.isOver = true;
  })();
  onTestFinished(async () => {
    await reader?.cancel().catch(() => undefined);
  });
  return state;
}

describe('the live tail of lms serve', () => {
  let ground: Ground;
  let project: BrokerProject;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    [ground, project] = await Promise.all([onSqlite([]), brokerProject()]);
    env = { ...project.env, DATABASE_URL: ground.url };
  });
  afterAll(async () => {
    await project[Symbol.asyncDispose]();
    await ground[Symbol.asyncDispose]();
  });

  const subscriptions = async () => {
    const [all] = await project.clients.subscriber().listSubscriptions({
      project: `projects/${project.clients.projectId}`,
    });
    return all.map(({ name }) => name ?? '').filter((name) => name.includes('-tail-'));
  };
  const publish = async (entry: LogEntry) => {
    const message = { data: Buffer.from(publishedJson(entry)), attributes: {} };
    await new TopicPublisher(project.clients, 'log-topic').publish([message]);
  };

  it('shows what is published within a second, stored or not, and ends at once with the server, which leaves nothing behind', async () => {
    const server = await startServe(env);
    await vi.waitFor(async () => {
      expect(await subscriptions()).toHaveLength(1);
    }, PATIENCE);
    const tail = reading(await server.get('/api/v1/tail?q=service:shop'));
    await vi.waitFor(() => {
      expect(tail.text).toContain('event: heartbeat');
    }, PATIENCE);
    const publishedMs = performance.now();
    await publish(numbered(1));
    await vi.waitFor(() => {
      expect(tail.text).toContain('"event_id":"e-1"');
    }, PATIENCE);
    // Long before a worker, of which there is none, could have stored it. How soon it is, the benchmark says.
    expect(performance.now() - publishedMs).toBeLessThan(10_000);
    const metrics = await (await server.get('/metrics')).text();
    expect(metrics).toMatch(/^lms_tails_open 1$/m);
    expect(metrics).toMatch(/^# TYPE lms_tail_entries_total counter\n.*lms_tail_entries_total 1$/m);
    expect(metrics).toMatch(/^lms_tail_ring_entries 1$/m);
    const stopMs = performance.now();
    const { status } = await server.stop();
    expect(status).toBe(0);
    expect(performance.now() - stopMs).toBeLessThan(8_000);
    expect(tail.isOver).toBe(true);
    expect(await subscriptions()).toEqual([]);
  });

  it('that was killed leaves a subscription that expires by itself', async () => {
    const server = startLms(['serve', '--serve-port', '0'], env);
    await vi.waitFor(async () => {
      expect(await subscriptions()).toHaveLength(1);
    }, PATIENCE);
    await server.stop('SIGKILL');
    const [name = ''] = await subscriptions();
    const [left] = await project.clients.subscriber().getSubscription({ subscription: name });
    expect(left.expirationPolicy?.ttl?.seconds).toBe('86400');
    await project.clients.subscriber().deleteSubscription({ subscription: name });
  });

  it('that may not have a subscription says so, with the way without one; the server goes on', async () => {
    project.broker.faults.refuse('CreateSubscription', { code: 7, details: 'User not authorized.' }, 2);
    const server = await startServe(env);
    await vi.waitFor(async () => {
      expect((await server.printed(/\n/)).stderr).toContain('LMS_TAIL=poll');
    }, PATIENCE);
    expect((await server.get('/api/v1/counts')).status).toBe(200);
    const refused = await server.get('/api/v1/tail');
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'PUBSUB_DENIED' }]);
  });

  it('reads the database where the settings say so, and is not there where they do', async () => {
    const polling = await startServe({ DATABASE_URL: ground.url, LMS_TAIL: 'poll' });
    const tail = reading(await polling.get('/api/v1/tail'));
    await vi.waitFor(() => {
      expect(tail.text).toContain('event: heartbeat');
    }, PATIENCE);
    const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}.000000`;
    await publish(numbered(7, { timestamp }));
    // As a worker does, until it has nothing more.
    const { status } = await lms(['mon', '--duration', '2'], { ...env, FLUSHINTERVAL: '0.1' });
    expect(status).toBe(0);
    await vi.waitFor(() => {
      expect(tail.text).toContain('entry 7');
    }, PATIENCE);
    expect(
      (await (await startServe({ DATABASE_URL: ground.url, LMS_TAIL: 'off' })).get('/api/v1/tail')).status,
    ).toBe(404);
  });
});
