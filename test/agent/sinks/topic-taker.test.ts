import { describe, expect, it } from 'vitest';
import { TopicTaker } from '../../../src/agent/sinks/topic-taker.ts';
import { LmsError } from '../../../src/errors/catalogue.ts';
import { decode } from '../../../src/logs/decode.ts';
import type { TextPublisher } from '../../../src/pipeline/ports.ts';
import { settled } from '../../support/fake-clock.ts';
import { entry } from '../fake-ends.ts';
import { FakePublisher } from '../fake-publisher.ts';

const ON = new AbortController().signal;

describe('what takes entries for a topic', () => {
  it('publishes them so that a worker makes the same of them, key and all', async () => {
    const publisher = new FakePublisher({ automatic: true });
    const taker = new TopicTaker(publisher, () => Promise.resolve());
    const entries = [entry(1), { ...entry(2), payload: 'ünï\u0000"\n', tags: '{"n":12345678901234567890}' }];
    await expect(taker.pack(entries).send(ON)).resolves.toEqual({ refused: 0, reasons: [] });
    const decoded = publisher.published.map(({ data, attributes }) =>
      decode({ data, attributes, messageId: 'other', publishTime: { seconds: 9, nanos: 0 } }),
    );
    expect(decoded).toEqual(entries);
  });

  it('refuses what no message holds, and publishes the others', async () => {
    const publisher = new FakePublisher({ automatic: true, maxTextUnits: 1_000 });
    const taker = new TopicTaker(publisher, () => Promise.resolve());
    const large = { ...entry(2), payload: 'x'.repeat(1_000) };
    const { refused, reasons } = await taker.pack([entry(1), large, entry(3)]).send(ON);
    expect(refused).toBe(1);
    expect(reasons).toEqual([{ place: 1, reason: expect.stringContaining('9.9 MB') as string }]);
    expect(publisher.published).toHaveLength(2);
    await taker.pack([large]).send(ON);
    expect(publisher.requestSizes).toEqual([2]);
  });

  it('sees to its topic once, and again if that failed', async () => {
    let tries = 0;
    const prepare = () => {
      tries += 1;
      return tries === 1 ? Promise.reject(new Error('no topic')) : Promise.resolve();
    };
    const publisher = new FakePublisher({ automatic: true });
    const taker = new TopicTaker(publisher, prepare);
    await expect(taker.pack([entry(1)]).send(ON)).rejects.toThrow('no topic');
    expect(publisher.published).toEqual([]);
    await taker.pack([entry(1)]).send(ON);
    await taker.pack([entry(2)]).send(ON);
    expect(tries).toBe(2);
  });

  it('sees to its topic again once that is gone, while nothing is on its way', async () => {
    const events: string[] = [];
    const gone = new LmsError('PUBSUB_NOT_FOUND', 'topic projects/p/topics/t does not exist');
    const slow = Promise.withResolvers<undefined>();
    const answers = [() => Promise.reject(gone), () => slow.promise, () => Promise.resolve(undefined)];
    const publisher: TextPublisher = {
      pack: () => ({
        tooLarge: [],
        publish: () => {
          events.push('publish');
          return answers.shift()?.() ?? Promise.resolve();
        },
      }),
      close: () => Promise.resolve(),
    };
    const taker = new TopicTaker(publisher, () => {
      events.push('prepare');
      return Promise.resolve();
    });
    const first = taker.pack([entry(1)]).send(ON);
    const second = taker.pack([entry(2)]).send(ON);
    await expect(first).rejects.toBe(gone);
    const again = taker.pack([entry(1)]).send(ON);
    await settled();
    expect(events).toEqual(['prepare', 'publish', 'publish']);
    slow.resolve(undefined);
    await Promise.all([second, again]);
    expect(events).toEqual(['prepare', 'publish', 'publish', 'prepare', 'publish']);
  });
});
