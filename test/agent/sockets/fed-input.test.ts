import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventBatch, ReadOptions } from '../../../src/agent/ports.ts';
import { FedInput } from '../../../src/agent/sockets/fed-input.ts';
import type { Feed, Intake } from '../../../src/agent/sockets/feed.ts';
import { StreamFeed } from '../../../src/agent/sockets/stream-feed.ts';
import { DiskSpool } from '../../../src/agent/spool/disk-spool.ts';
import { MemorySpool } from '../../../src/agent/spool/memory-spool.ts';
import type { Spool } from '../../../src/agent/spool/spool.ts';
import { LmsError } from '../../../src/errors/catalogue.ts';
import { aborted } from '../../../src/pipeline/clock.ts';
import { settled } from '../../support/fake-clock.ts';
import { batch, entry } from '../fake-ends.ts';
import { ACCESS } from '../reading/reading.ts';

const READ: ReadOptions = {
  service: 'pipe',
  host: 'web-1',
  format: 'auto',
  multiline: 'off',
  tags: { agent: 'a' },
};
const ON = new AbortController().signal;

interface More {
  readonly read?: Partial<ReadOptions>;
  readonly flushPartialMs?: number;
  readonly memoryBytes?: number;
  readonly isHostPeer?: boolean;
  readonly spool?: Spool;
}

function inputOf(
  feed: Feed,
  {
    read,
    flushPartialMs,
    memoryBytes = 8_000_000,
    isHostPeer = false,
    spool = new MemorySpool(memoryBytes),
  }: More = {},
): FedInput {
  return new FedInput(feed, {
    name: '-',
    kind: 'stream',
    read: { ...READ, ...read },
    isHostPeer,
    flushPartialMs,
    spool,
  });
}

const streamOf = (stream: Readable, more?: More) => inputOf(new StreamFeed(stream, 'standard input'), more);

/** A feed that does what the test says. */
function feedOf(run: Feed['run'], more: Partial<Feed> = {}): Feed {
  return { isLossy: false, isSyslog: false, state: 'reading', reason: undefined, counters: {}, run, ...more };
}

async function allOf(input: FedInput, stop = ON): Promise<EventBatch[]> {
  const batches: EventBatch[] = [];
  for await (const batch of input.batches(stop)) {
    batches.push(batch);
    await input.confirm(batch);
  }
  return batches;
}

const entriesOf = (batches: readonly EventBatch[]) => batches.flatMap(({ entries }) => entries);
const payloads = (batches: readonly EventBatch[]) => entriesOf(batches).map(({ payload }) => payload);

function sums(batches: readonly EventBatch[]) {
  const sum = { lines: 0, read: 0, unparsed: 0, joined: 0, refused: 0, bytes: 0 };
  for (const { counts } of batches)
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += counts[name];
  return sum;
}

describe('a pipe', () => {
  it('is read to its end, with the last line though it has no end', async () => {
    const text = Array.from({ length: 2_500 }, (_, n) => `line ${String(n)}`).join('\n');
    const input = streamOf(Readable.from([Buffer.from(text.slice(0, 700)), Buffer.from(text.slice(700))]));
    const batches = await allOf(input);
    expect(payloads(batches)).toEqual(text.split('\n'));
    expect(Math.max(...batches.map(({ entries }) => entries.length))).toBeLessThanOrEqual(1_000);
    const ids = entriesOf(batches).map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(2_500);
    expect(ids.toSorted()).toEqual(ids);
    expect(input.status()).toMatchObject({ state: 'ended', format: 'text' });
  });

  it('counts every line once, and every byte', async () => {
    const trace = 'Error: lost\n    at f (x.js:1:2)\n    at g (x.js:3:4)\n';
    const text = `\n${`${ACCESS}\n`.repeat(60)}no access line\n \n${trace}`;
    const input = streamOf(Readable.from([Buffer.from(text)]), { read: { multiline: 'auto' } });
    expect(sums(await allOf(input))).toEqual({
      ...{ lines: 66, read: 60, unparsed: 2, joined: 2, refused: 2 },
      bytes: text.length,
    });
  });

  it('gives a line that says no time that of its arrival', async () => {
    const before = Date.now();
    const [batch] = await allOf(streamOf(Readable.from([Buffer.from('no time\n')])));
    const at = Date.parse(`${batch!.entries[0]!.timestamp.replace(' ', 'T')}Z`);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });

  it('hands over whole lines at once, and half a line only after the time that is set for it', async () => {
    const stream = new PassThrough();
    const batches = streamOf(stream, { flushPartialMs: 50 }).batches(ON);
    stream.write('whole\nhalf');
    expect((await batches.next()).value).toMatchObject({ entries: [{ payload: 'whole' }] });
    const { value } = (await batches.next()) as { value: EventBatch };
    expect(value.entries[0]).toMatchObject({ payload: 'half' });
    expect(value.entries[0]?.tags).toContain('"unfinished":true');
    stream.end();
    expect(await batches.next()).toMatchObject({ done: true });
  });

  it('ends soon after it is told to, with what was received', async () => {
    const stream = new PassThrough();
    const stop = new AbortController();
    const batches = streamOf(stream).batches(stop.signal);
    stream.write('whole\nhalf');
    expect((await batches.next()).value).toMatchObject({ entries: [{ payload: 'whole' }] });
    const next = batches.next();
    stop.abort();
    expect((await next).value).toMatchObject({ entries: [{ payload: 'half' }] });
    expect(await batches.next()).toMatchObject({ done: true });
    expect(stream.destroyed).toBe(true);
  });

  it('says why it cannot be read', async () => {
    const stream = new PassThrough();
    const reading = allOf(streamOf(stream));
    stream.destroy(new Error('EIO'));
    await expect(reading).rejects.toMatchObject({
      code: 'INPUT',
      message: 'cannot read standard input: EIO',
    });
  });

  it('is held up while nobody takes what came: little of it is in memory', async () => {
    let made = 0;
    const endless = function* () {
      for (;;) {
        made += 1;
        yield Buffer.from(`${'x'.repeat(9_999)}\n`);
      }
    };
    const stop = new AbortController();
    const batches = streamOf(Readable.from(endless()), { memoryBytes: 1_000_000 }).batches(stop.signal);
    await batches.next();
    for (let turn = 0; turn < 500; turn += 1) await settled();
    expect(made).toBeLessThan(600);
    stop.abort();
    let rest = 0;
    for await (const { entries } of batches) rest += entries.length;
    expect(rest).toBeGreaterThan(50);
  });

  it('is left when whoever takes it leaves', async () => {
    const stream = new PassThrough();
    const batches = streamOf(stream).batches(ON);
    stream.write('a\n');
    await batches.next();
    await batches.return(undefined);
    expect(stream.destroyed).toBe(true);
  });
});

describe('what comes by way of a spool that outlives the process', () => {
  it('fails at once, though its spool is full of what nobody takes', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lms-test-spool-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const open = () => DiskSpool.open({ directory, limit: 1e9, onNotice: () => undefined });
    const before = await open();
    for (let n = 0; n < 50; n += 1) await before.append(batch([entry(n, undefined, 'x'.repeat(500_000))]));
    await before.close();
    const spool = await open();
    const feed = feedOf(() => Promise.reject(new LmsError('LISTEN', 'another program listens there')));
    const input = inputOf(feed, { spool });
    const handOver = async () => {
      let count = 0;
      for await (const { entries } of input.batches(ON)) count += entries.length;
      return count;
    };
    await expect(handOver()).rejects.toMatchObject({ code: 'LISTEN' });
    expect(spool.waitingBytes).toBeGreaterThan(10_000_000);
    await input.close();
    const again = await open();
    again.end();
    let left = 0;
    for await (const { entries } of again.batches(ON)) left += entries.length;
    expect(left).toBe(50);
    await again.close();
  });
});

describe('connections', () => {
  it('are read each by itself: their lines are not mixed, wherever they were cut', async () => {
    const lines = (peer: string) => Array.from({ length: 50 }, (_, n) => `${peer} line ${String(n)}`);
    const feed = feedOf(async (intake) => {
      const peers = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((peer) => ({
        conversation: intake.open(peer),
        text: `${lines(peer).join('\n')}\n`,
      }));
      for (let at = 0; at < 1_300; at += 7)
        for (const { conversation, text } of peers)
          await intake.push(conversation, Buffer.from(text.slice(at, at + 7)));
      for (const { conversation } of peers) await intake.close(conversation);
    });
    const batches = await allOf(inputOf(feed, { isHostPeer: true }));
    expect(payloads(batches).toSorted()).toEqual(
      ['10.0.0.1', '10.0.0.2', '10.0.0.3'].flatMap(lines).toSorted(),
    );
    for (const { payload, tags } of entriesOf(batches)) {
      const [peer] = payload.split(' ');
      expect(JSON.parse(tags ?? '')).toMatchObject({ peer, host: peer });
    }
  });

  it('of syslog may say the length of a message, which has line breaks in it then', async () => {
    const message = '<34>1 2026-11-05T13:45:00Z db-7 su 1 - - one\ntwo';
    const feed = feedOf(
      async (intake) => {
        const conversation = intake.open('10.0.0.1');
        await intake.push(
          conversation,
          Buffer.from(`<13>Nov  5 13:45:00 db-8 cron: x\n${String(message.length)} ${message}`),
        );
        await intake.close(conversation);
      },
      { isSyslog: true },
    );
    const entries = entriesOf(await allOf(inputOf(feed, { isHostPeer: true })));
    expect(entries.map(({ payload, serviceName }) => [serviceName, payload])).toEqual([
      ['cron', '<13>Nov  5 13:45:00 db-8 cron: x'],
      ['su', message],
    ]);
    expect(entries.map(({ tags }) => (JSON.parse(tags ?? '') as { host: string }).host)).toEqual([
      'db-8',
      'db-7',
    ]);
  });

  it('that cannot be held up lose what there is no room for, which is counted', async () => {
    const feed = feedOf(
      async (intake, stop) => {
        for (let n = 0; n < 100; n += 1) await intake.message(Buffer.from('x'.repeat(10_000)), '10.0.0.1');
        await aborted(stop);
      },
      { isLossy: true, isSyslog: true },
    );
    const stop = new AbortController();
    const input = inputOf(feed, { memoryBytes: 200_000 });
    const batches = input.batches(stop.signal);
    const first = (await batches.next()).value as EventBatch;
    await expect.poll(() => input.status().counters['lost_lines'] ?? 0).toBeGreaterThan(70);
    stop.abort();
    const rest: EventBatch[] = [];
    for await (const batch of batches) rest.push(batch);
    const { lost_lines: lostLines = 0, lost_bytes: lostBytes } = input.status().counters;
    expect(payloads([first, ...rest]).length + lostLines).toBe(100);
    expect(lostBytes).toBe(lostLines * 10_000);
  });

  it('with a line without an end do not fill the memory', async () => {
    const chunk = Buffer.alloc(500_000, 'x');
    let intakeOf: Intake | undefined;
    const feed = feedOf(async (intake, stop) => {
      intakeOf = intake;
      const conversations = Array.from({ length: 200 }, (_, n) => intake.open(String(n)));
      for (const conversation of conversations) await intake.push(conversation, chunk);
      await aborted(stop);
      for (const conversation of conversations) await intake.close(conversation);
    });
    const stop = new AbortController();
    const input = inputOf(feed, { memoryBytes: 1e9 });
    const batches = input.batches(stop.signal);
    const { value } = (await batches.next()) as { value: EventBatch };
    expect(intakeOf).toBeDefined();
    expect(value.entries[0]?.tags).toContain('"unfinished":true');
    stop.abort();
    let units = value.entries.reduce((sum, { payload }) => sum + payload.length, 0);
    for await (const { entries } of batches)
      units += entries.reduce((sum, { payload }) => sum + payload.length, 0);
    expect(units).toBe(200 * 500_000);
  });

  it('of which each has half a line do not fill the memory either: the longest goes as it is', async () => {
    const chunk = Buffer.alloc(60_000, 'x');
    const feed = feedOf(async (intake, stop) => {
      const longest = intake.open('longest');
      await intake.push(longest, Buffer.alloc(90_000, 'y'));
      const conversations = Array.from({ length: 1_200 }, (_, n) => intake.open(String(n)));
      for (const conversation of conversations) await intake.push(conversation, chunk);
      await aborted(stop);
      for (const conversation of [longest, ...conversations]) await intake.close(conversation);
    });
    const stop = new AbortController();
    const input = inputOf(feed, { memoryBytes: 1e9 });
    const batches = input.batches(stop.signal);
    const { value } = (await batches.next()) as { value: EventBatch };
    expect(value.entries[0]?.payload).toBe('y'.repeat(90_000));
    expect(value.entries[0]?.tags).toContain('"unfinished":true');
    stop.abort();
    let units = 0;
    for await (const { entries } of batches)
      units += entries.reduce((sum, { payload }) => sum + payload.length, 0);
    expect(units).toBe(1_200 * 60_000);
  });
});
