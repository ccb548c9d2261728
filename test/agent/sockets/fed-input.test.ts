import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { EventBatch } from '../../../src/agent/ports.ts';
import { StreamFeed } from '../../../src/agent/sockets/stream-feed.ts';
import { settled } from '../../support/fake-clock.ts';
import { ACCESS } from '../reading/reading.ts';
import { allOf, entriesOf, inputOf, type More, ON, payloads } from './feeding.ts';

const streamOf = (stream: Readable, more?: More) => inputOf(new StreamFeed(stream, 'standard input'), more);

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
