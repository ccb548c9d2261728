import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventBatch } from '../../../src/agent/ports.ts';
import type { Intake } from '../../../src/agent/sockets/feed.ts';
import { DiskSpool } from '../../../src/agent/spool/disk-spool.ts';
import { LmsError } from '../../../src/errors/catalogue.ts';
import { aborted } from '../../../src/pipeline/clock.ts';
import { batch, entry } from '../fake-ends.ts';
import { allOf, entriesOf, feedOf, inputOf, ON, payloads } from './feeding.ts';

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
