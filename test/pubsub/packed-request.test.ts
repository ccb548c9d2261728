import { protos } from '@google-cloud/pubsub';
import { describe, expect, it } from 'vitest';
import { confirmedMessages, packTexts } from '../../src/pubsub/packed-request.ts';

const TOPIC = 'projects/lms/topics/log-tüpic';
const { PublishRequest, PublishResponse } = protos.google.pubsub.v1;

/** What the service would read. */
function read(texts: readonly string[], limits?: { maxMessages: number; maxBytes: number }) {
  const { requests, tooLarge } = packTexts(TOPIC, texts, (bytes) => Buffer.allocUnsafe(bytes), limits);
  const read = requests.map(({ bytes, messages }) => {
    const request = PublishRequest.decode(bytes);
    expect(request.topic).toBe(TOPIC);
    expect(request.messages).toHaveLength(messages);
    return request.messages.map(({ data, attributes, orderingKey }) => {
      expect([attributes, orderingKey]).toEqual([{}, '']);
      return Buffer.from(data as Uint8Array).toString('utf8');
    });
  });
  return { read, bytes: requests.map(({ bytes }) => bytes.length), tooLarge };
}

describe('requests of texts', () => {
  it('are read as they were by the client library', () => {
    const texts = ['', 'a', 'line', 'ünï', '日本語', '\u{1f600}', 'NUL \0 and "', 'latin ÿ'];
    expect(read(texts).read).toEqual([texts]);
  });

  it('say lengths of any size, of bytes and not of characters', () => {
    const lengths = [125, 126, 127, 128, 129, 16_380, 16_382, 16_383, 16_384, 2_097_150, 2_097_152];
    for (const length of lengths)
      for (const text of ['x'.repeat(length), 'é'.repeat(length / 2), `${'x'.repeat(length - 3)}€`])
        expect(read([text, 'behind']).read).toEqual([[text, 'behind']]);
  });

  it('are as few as the service takes, and none of nothing', () => {
    const texts = Array.from({ length: 2_001 }, (_, n) => `line ${String(n)}`);
    const { read: requests } = read(texts);
    expect(requests.map(({ length }) => length)).toEqual([1_000, 1_000, 1]);
    expect(requests.flat()).toEqual(texts);
    expect(read([]).read).toEqual([]);
  });

  it('have no more bytes than the service takes, to the last one', () => {
    const texts = Array.from({ length: 50 }, (_, n) => 'ä'.repeat(n * 7));
    for (const maxBytes of [800, 801, 802, 803, 1_000, 2_000]) {
      const { read: requests, bytes } = read(texts, { maxMessages: 1_000, maxBytes });
      expect(Math.max(...bytes)).toBeLessThanOrEqual(maxBytes);
      expect(requests.flat()).toEqual(texts);
    }
  });

  it('leave out what no message holds, and say which', () => {
    const large = 'é'.repeat(4_950_001);
    const { read: requests, tooLarge } = read(['first', large, 'last', large]);
    expect(requests).toEqual([['first', 'last']]);
    expect(tooLarge).toEqual([1, 3]);
    expect(read(['é'.repeat(4_950_000)]).read).toHaveLength(1);
  });
});

describe('the answer to a request', () => {
  it('is counted', () => {
    const messageIds = ['1', '22', '333'];
    expect(confirmedMessages(Buffer.from(PublishResponse.encode({ messageIds }).finish()))).toBe(3);
    expect(confirmedMessages(Buffer.alloc(0))).toBe(0);
  });

  it('is no answer if it is no message of protobuf', () => {
    expect(() => confirmedMessages(Buffer.from('x'))).toThrow('protobuf');
  });
});
