import { describe, expect, it } from 'vitest';
import { lineMessages, MAX_LINE_BYTES, type RefusedLine } from '../../src/agent/line-messages.ts';
import { MAX_MESSAGES_PER_REQUEST, publishAll } from '../../src/agent/publish-all.ts';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { systemClock } from '../../src/pipeline/clock.ts';
import { fitsRequest } from '../../src/pubsub/publish-request.ts';
import { FakePublisher } from './fake-publisher.ts';

const LINE = '{"service_name":"a","payload":"x","severity":"info","timestamp":"2026-01-01T00:00:00Z"}';

async function* chunksOf(...texts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

interface ReadOptions {
  readonly raw?: boolean;
  readonly defaultService?: string;
}

async function read(chunks: AsyncIterable<Uint8Array>, { raw = false, defaultService }: ReadOptions = {}) {
  const refused: RefusedLine[] = [];
  const batches: OutgoingMessage[][] = [];
  const onRefused = (line: RefusedLine) => refused.push(line);
  const supply = lineMessages(() => chunks, { run: 'r', raw, defaultService, onRefused });
  for await (const batch of supply(new AbortController().signal)) batches.push([...batch]);
  return { refused, batches, messages: batches.flat() };
}

describe('lineMessages', () => {
  it('refuses what a worker would reject, by line number, and numbers the rest without a gap', async () => {
    const { messages, refused } = await read(
      chunksOf(`${LINE}\n\nnonsense\n${LINE}\r\n{"service_name":"a"}\n${LINE}`),
    );
    expect(messages.map(({ attributes }) => attributes)).toEqual(
      ['1', '2', '3'].map((seq) => ({ run: 'r', seq, event_id: `r-${seq}` })),
    );
    expect(messages.map(({ data }) => Buffer.from(data).toString())).toEqual([LINE, LINE, LINE]);
    expect(refused).toEqual([
      { number: 3, reason: expect.stringContaining('JSON') as string },
      { number: 5, reason: expect.stringContaining('missing') as string },
    ]);
  });

  it('leaves a record the identity that it brings, alone or among others', async () => {
    const entry =
      '{"insertId":"i1","logName":"projects/p/logs/l","resource":{"type":"gce_instance","labels":{"service":"a"}},"textPayload":"x"}';
    const lines = [entry, LINE, `[${LINE},${entry}]`, `[${LINE},${LINE}]`].join('\n');
    const { messages, refused } = await read(chunksOf(lines), { defaultService: 'shop' });
    expect(refused).toEqual([]);
    expect(messages.map(({ attributes }) => attributes)).toEqual([
      { run: 'r' },
      { run: 'r', seq: '1', event_id: 'r-1' },
      { run: 'r' },
      { run: 'r', seq: '2', event_id: 'r-2' },
    ]);
  });

  it('takes lines without a service where there is a default for them', async () => {
    const line = '{"payload":"x","severity":"info"}';
    expect((await read(chunksOf(line))).refused).toMatchObject([{ number: 1 }]);
    const { messages, refused } = await read(chunksOf(line), { defaultService: 'shop' });
    expect(refused).toEqual([]);
    expect(messages).toHaveLength(1);
  });

  it('refuses a line of several records if a worker would reject one of them', async () => {
    const { messages, refused } = await read(chunksOf(`[${LINE},{"service_name":"a"}]`));
    expect(messages).toEqual([]);
    expect(refused).toMatchObject([{ number: 1, reason: expect.stringContaining('missing') as string }]);
  });

  it('sends every line as it is when raw, whatever its bytes', async () => {
    const { messages, refused } = await read(chunksOf(Uint8Array.of(0xff, 0xfe, 0x0a), 'nonsense\n'), {
      raw: true,
    });
    expect(messages.map(({ data }) => [...data])).toEqual([[0xff, 0xfe], [...Buffer.from('nonsense')]]);
    expect(refused).toEqual([]);
  });

  it('leaves the identity that a line brings as it is, and numbers the others without a gap', async () => {
    const logName = 'projects/shop/logs/stdout';
    const entry = JSON.stringify({
      insertId: 'a1',
      logName,
      textPayload: 'paid',
      timestamp: '2026-01-01T00:00:00Z',
    });
    const several = `[${LINE},${entry}]`;
    const { messages, refused } = await read(chunksOf(`${entry}\n${LINE}\n${several}\n`));
    expect(refused).toEqual([]);
    expect(messages.map(({ attributes }) => attributes)).toEqual([
      { run: 'r' },
      { run: 'r', seq: '1', event_id: 'r-1' },
      { run: 'r' },
    ]);
    // Nobody has looked at these.
    const raw = await read(chunksOf(`${entry}\nnonsense\n`), { raw: true });
    expect(raw.messages.map(({ attributes }) => attributes['event_id'])).toEqual(['r-1', 'r-2']);
  });

  it('refuses a line that Pub/Sub would not take, raw or not, and takes the longest that it would', async () => {
    const longest = 'x'.repeat(MAX_LINE_BYTES);
    const { messages, refused } = await read(chunksOf(`${longest}x\n`, `${longest}\n`), { raw: true });
    expect(refused).toEqual([{ number: 1, reason: 'The line is longer than 9999000 bytes.' }]);
    expect(messages).toHaveLength(1);
    expect(messages.every((message) => fitsRequest(message))).toBe(true);
  });

  it('fills requests, but holds back nothing that has come', async () => {
    const { batches } = await read(chunksOf(`${LINE}\n`.repeat(2_500), `${LINE}\n`));
    expect(batches.map((batch) => batch.length)).toEqual([1_000, 1_000, 500, 1]);
  });

  it('reads a million lines no faster than they are confirmed', async () => {
    const linesInChunk = 2_000;
    let handedOver = 0;
    let confirmed = 0;
    let mostOutstanding = 0;
    async function* million(): AsyncGenerator<Uint8Array> {
      const chunk = Buffer.from(`${LINE}\n`.repeat(linesInChunk));
      for (; handedOver < 1_000_000; handedOver += linesInChunk) {
        mostOutstanding = Math.max(mostOutstanding, handedOver - confirmed);
        yield await Promise.resolve(chunk);
      }
    }
    const publisher = new FakePublisher({ automatic: true, keep: false });
    const supply = lineMessages(million, {
      run: 'r',
      raw: true,
      defaultService: undefined,
      onRefused: () => undefined,
    });
    const result = await publishAll(supply, publisher, {
      signal: new AbortController().signal,
      stopTimeoutMs: 1_000,
      clock: systemClock,
      onConfirmed: (messages) => (confirmed += messages.length),
    });
    expect(result).toEqual({ confirmed: 1_000_000, unconfirmed: 0, error: undefined });
    expect(publisher.maxMessagesOpen).toBeLessThanOrEqual(8 * MAX_MESSAGES_PER_REQUEST);
    expect(mostOutstanding).toBeLessThanOrEqual(8 * MAX_MESSAGES_PER_REQUEST);
  });
});
