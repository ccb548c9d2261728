import { describe, expect, inject, it } from 'vitest';
import { ensureTopology } from '../../src/pubsub/topology.ts';
import { openBroker } from '../support/broker.ts';
import { type ArrivedEntry, startEntriesServer } from '../support/entries-server.ts';
import { type ProgramOutcome, runLogProgram } from '../support/log-program.ts';
import { freshProject, NAMES, receive } from '../support/topology.ts';

/** Less than pino's own 10 s, and more than a busy machine takes to start a program that waits for 3 s. */
const BOUNDED_SECONDS = 9;
/** Nothing listens there. */
const NOBODY = 'http://127.0.0.1:9999';

function program(
  how: string,
  options: Readonly<Record<string, unknown>>,
  lines = 1_000,
): Promise<ProgramOutcome> {
  return runLogProgram('pino.ts', [how, JSON.stringify(options), String(lines)]);
}

function numbers(entries: readonly ArrivedEntry[]): unknown[] {
  return entries.map(({ tags }) => tags?.['n']).toSorted((one, other) => Number(one) - Number(other));
}

const THOUSAND = Array.from({ length: 1_000 }, (_none, n) => n);

describe('a program that logs by pino loses nothing', () => {
  it('when it throws right after a log', async () => {
    const { url, entries } = await startEntriesServer();
    const { status, stderr } = await program('throw', { url });
    expect(status).toBe(1);
    expect(stderr).toContain('Error: outer');
    expect(stderr).not.toContain('lms-log');
    expect(numbers(entries)).toEqual([0, 1, 2]);
  });

  it('when it logs 100 KB and an error, and is over', async () => {
    const { url, entries } = await startEntriesServer();
    expect(await program('caught', { url })).toMatchObject({ status: 0, stderr: '' });
    expect(entries.map(({ payload }) => payload.length)).toEqual([100_000, 'outer'.length]);
    const { tags, severity } = entries[1]!;
    expect(severity).toBe('error');
    const { stack, message } = tags?.['err'] as Record<string, string>;
    expect(message).toBe('outer: inner');
    expect(stack).toMatch(/^Error: outer\n(.|\n)*caused by: TypeError: inner\n/);
  });

  it('when it calls process.exit after a thousand lines', async () => {
    const { url, entries } = await startEntriesServer();
    expect(await program('exit', { url })).toMatchObject({ status: 3, stderr: '' });
    expect(numbers(entries)).toEqual(THOUSAND);
    expect(entries.map(({ id }) => id).toSorted()).toEqual(
      entries
        .toSorted((one, other) => Number(one.tags?.['n']) - Number(other.tags?.['n']))
        .map(({ id }) => id),
    );
  });

  it('when the server is busy, or its answers are lost: what comes twice has one id', async () => {
    const server = await startEntriesServer();
    const { url, entries } = server;
    server.behave((n) => (n >= 12 ? 202 : n % 2 === 0 ? 'lost' : 503));
    const outcome = await program('exit', { url, batchEntries: 100, closeTimeoutMs: 6_500 });
    expect(outcome).toMatchObject({ status: 3 });
    expect(outcome.stderr).not.toContain('not sent');
    const once = new Map(entries.map((entry) => [entry.id, entry]));
    expect(entries.length).toBeGreaterThan(once.size);
    expect(numbers([...once.values()])).toEqual(THOUSAND);
  });

  it.each(['usual', 'targets'])('with levels of its own, bindings and redaction (%s)', async (how) => {
    const { url, entries } = await startEntriesServer();
    expect(await program(how, { url, token: 'lms_t' })).toMatchObject({ status: 0, stderr: '' });
    expect(entries).toMatchObject([
      {
        service_name: 'program',
        severity: 'info',
        payload: 'paid',
        tags: { level: 'audit', card: { number: '[Redacted]' } },
      },
      { severity: 'warn', payload: 'slow', tags: { request: 'r1' } },
    ]);
  });

  it('that it has flushed', async () => {
    const server = await startEntriesServer();
    const { url, entries } = server;
    server.behave((n) => (n === 0 ? 503 : 202));
    expect(await program('flush', { url, batchWaitMs: 60_000 })).toMatchObject({
      status: 0,
      stdout: 'flushed\n',
    });
    expect(numbers(entries)).toEqual(THOUSAND);
  });
});

describe('a program that logs by pino ends in time and says what it could not send', () => {
  it.each(['throw', 'exit'])('with nobody there (%s)', async (how) => {
    const { stderr, seconds } = await program(how, { url: NOBODY, closeTimeoutMs: 3_000 });
    const count = how === 'throw' ? 3 : 1_000;
    expect(stderr).toContain(
      `lms-log: ${count} entries for ${NOBODY}/api/v1/entries were not sent: connect ECONNREFUSED`,
    );
    expect(seconds).toBeLessThan(BOUNDED_SECONDS);
  });

  it('with a server that never answers; what it did answer is there', async () => {
    const server = await startEntriesServer();
    const { url, entries } = server;
    server.behave((n) => (n === 0 ? 202 : 'silent'));
    const { status, stderr, seconds } = await program('exit', {
      url,
      batchEntries: 100,
      closeTimeoutMs: 3_000,
    });
    expect(status).toBe(3);
    expect(entries).toHaveLength(100);
    expect(stderr).toContain(`lms-log: 900 entries for ${url}/api/v1/entries were not sent`);
    expect(seconds).toBeLessThan(BOUNDED_SECONDS);
  });

  it('with a queue that fills: it goes on, holds no more than it may, and counts the rest', async () => {
    const [bounds, lines] = [{ maxBytes: 1_000_000, closeTimeoutMs: 500 }, 12_000];
    const { status, stderr, seconds } = await program('rounds', { url: NOBODY, ...bounds }, lines);
    expect(status).toBe(0);
    const sums = stderr.matchAll(/lms-log: (\d+) entries for \S+ were (not sent|dropped)/g);
    const counts = new Map([...sums].map(([, count, how]) => [how, Number(count)]));
    const [unsent = 0, dropped = 0] = [counts.get('not sent'), counts.get('dropped')];
    // Each has more than 1,000 bytes.
    expect(unsent).toBeLessThan(1_000);
    expect(unsent + dropped).toBe(lines);
    expect(seconds).toBeLessThan(2 + BOUNDED_SECONDS);
  });
});

describe.each(['the emulator', 'our broker'])('to Pub/Sub: %s', (which) => {
  it('the last line before process.exit arrives', async () => {
    const host = which === 'our broker' ? (await openBroker()).address : inject('emulatorHost');
    await using clients = await freshProject(host);
    await ensureTopology({ clients, names: NAMES, role: 'publisher', create: true });
    // The first publish to an emulator may take longer than pino waits at the end.
    const topic = clients.topicName(NAMES.topic);
    await clients.publisher().publish({ topic, messages: [{ data: Buffer.from('first') }] });
    await receive(clients, NAMES.subscription, 1);
    const where = { topic: NAMES.topic, project: clients.projectId, emulatorHost: host };
    const options = { ...where, closeTimeoutMs: 6_500 };
    expect(await program('exit', options)).toMatchObject({ status: 3, stderr: '' });
    const messages = await receive(clients, NAMES.subscription, 1_000);
    const entries = messages.map(
      ({ data }) => JSON.parse(Buffer.from(data ?? '').toString()) as ArrivedEntry,
    );
    expect(numbers(entries)).toEqual(THOUSAND);
  });
});

it('options that name no place end the program at once', async () => {
  const { status, stderr } = await program('usual', {});
  expect(status).toBe(1);
  expect(stderr).toContain('name a topic or a url');
});
