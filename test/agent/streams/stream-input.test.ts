import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { EventBatch, ReadOptions } from '../../../src/agent/ports.ts';
import { StreamInput } from '../../../src/agent/streams/stream-input.ts';
import { ACCESS } from '../reading/reading.ts';

const READ: ReadOptions = {
  service: 'pipe',
  host: 'web-1',
  format: 'auto',
  multiline: 'off',
  tags: { agent: 'a' },
};
const ON = new AbortController().signal;

function inputOf(stream: Readable, read: Partial<ReadOptions> = {}, flushPartialMs?: number): StreamInput {
  return new StreamInput(stream, { name: '-', kind: 'stream', read: { ...READ, ...read }, flushPartialMs });
}

async function allOf(input: StreamInput, stop = ON): Promise<EventBatch[]> {
  const batches: EventBatch[] = [];
  for await (const batch of input.batches(stop)) {
    batches.push(batch);
    await input.confirm(batch);
  }
  return batches;
}

const payloads = (batches: readonly EventBatch[]) =>
  batches.flatMap(({ entries }) => entries.map(({ payload }) => payload));

function sums(batches: readonly EventBatch[]) {
  const sum = { lines: 0, read: 0, unparsed: 0, joined: 0, refused: 0, bytes: 0 };
  for (const { counts } of batches)
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += counts[name];
  return sum;
}

describe('a stream', () => {
  it('is read to its end, with the last line though it has no end', async () => {
    const text = Array.from({ length: 2_500 }, (_, n) => `line ${String(n)}`).join('\n');
    const input = inputOf(Readable.from([Buffer.from(text.slice(0, 700)), Buffer.from(text.slice(700))]));
    const batches = await allOf(input);
    expect(payloads(batches)).toEqual(text.split('\n'));
    expect(Math.max(...batches.map(({ entries }) => entries.length))).toBeLessThanOrEqual(1_000);
    const ids = batches.flatMap(({ entries }) => entries.map(({ eventId }) => eventId));
    expect(new Set(ids).size).toBe(2_500);
    expect(ids.toSorted()).toEqual(ids);
    expect(input.status()).toMatchObject({ state: 'ended', format: 'text' });
  });

  it('counts every line once, and every byte', async () => {
    const trace = 'Error: lost\n    at f (x.js:1:2)\n    at g (x.js:3:4)\n';
    const text = `\n${`${ACCESS}\n`.repeat(60)}no access line\n \n${trace}`;
    const sum = sums(await allOf(inputOf(Readable.from([Buffer.from(text)]), { multiline: 'auto' })));
    expect(sum).toEqual({ lines: 66, read: 60, unparsed: 2, joined: 2, refused: 2, bytes: text.length });
  });

  it('gives lines their time when they come, one that says none that of its arrival', async () => {
    const before = Date.now();
    const [batch] = await allOf(inputOf(Readable.from([Buffer.from('no time\n')])));
    const at = Date.parse(`${batch!.entries[0]!.timestamp.replace(' ', 'T')}Z`);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });

  it('hands over whole lines at once, and half a line only after the time that is set for it', async () => {
    const stream = new PassThrough();
    const batches = inputOf(stream, {}, 50).batches(ON);
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
    const batches = inputOf(stream).batches(stop.signal);
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
    const reading = allOf(inputOf(stream));
    stream.destroy(new Error('EIO'));
    await expect(reading).rejects.toMatchObject({ code: 'INPUT', message: 'cannot read -: EIO' });
  });
});
