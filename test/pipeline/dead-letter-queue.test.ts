import { describe, expect, it } from 'vitest';
import { DeadLetterQueue } from '../../src/pipeline/dead-letter-queue.ts';
import type { DeadLetter } from '../../src/pipeline/ports.ts';
import { FakeClock, settled } from '../support/fake-clock.ts';
import { MemoryDeadLetters } from '../support/memory-dead-letters.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { ids, sampleDelivery } from '../support/samples.ts';

it('letters are published and reported once they are confirmed', async () => {
  const { queue, topic, published } = begin();
  queue.add(ids('a', 3).map((id) => letter(id)));
  expect(queue.idle).toBe(false);
  expect(published).toEqual([]);
  await settled();
  expect(published).toEqual(ids('a', 3));
  expect(topic.messageIds).toEqual(ids('a', 3));
  expect(queue.idle).toBe(true);
});

it('letters that come while others are published go in the next round, 500 in each', async () => {
  const { queue, topic, published } = begin();
  queue.add([letter('first')]);
  queue.add(ids('a', 700).map((id) => letter(id)));
  await settled();
  expect(published).toHaveLength(701);
  expect(topic.calls).toBe(3);
});

it('a letter that the topic refuses does not hold up the others, and is tried again', async () => {
  const { queue, topic, clock, published } = begin();
  topic.refused.add('bad');
  queue.add([...ids('a', 200), 'bad', ...ids('b', 200)].map((id) => letter(id)));
  await settled();
  expect(published.toSorted()).toEqual([...ids('a', 200), ...ids('b', 200)].toSorted());
  expect(queue.idle).toBe(false);

  topic.refused.clear();
  await clock.advance(30_000);
  expect(published).toHaveLength(401);
  expect(topic.letters).toHaveLength(401);
  expect(queue.idle).toBe(true);
});

it('a letter that is refused for ever does not slow down those that come later', async () => {
  const { queue, topic, clock, log, published } = begin();
  topic.refused.add('bad');
  queue.add([letter('bad')]);
  for (let minute = 0; minute < 10; minute += 1) {
    await clock.advance(60_000);
    queue.add(ids(`${String(minute)}-`, 2_000).map((id) => letter(id)));
    await settled();
    expect(published).toHaveLength(2_000 * (minute + 1));
  }
  expect(queue.idle).toBe(false);
  const lines = log.told.filter(({ message }) => message.includes('refuses'));
  expect(lines.length).toBeLessThanOrEqual(21);
});

it('thousands of refused letters, however they come, are a line when it begins, every 30 seconds, and when it is over', async () => {
  const { queue, topic, clock, log, published } = begin();
  for (const id of ids('bad', 2_000)) topic.refused.add(id);
  for (const id of ids('bad', 1_000)) {
    queue.add([letter(id)]);
    await clock.advance(60);
  }
  queue.add(
    ids('bad', 2_000)
      .slice(1_000)
      .map((id) => letter(id)),
  );
  await clock.advance(29_000);
  const refuses = 'the dead-letter topic refuses some messages: retrying until it passes, nothing is lost';
  expect(log.told).toMatchObject([
    { level: 'warn', message: refuses, fields: { seconds: 0, reason: 'cannot publish bad0' } },
    { level: 'warn', message: refuses, fields: { seconds: 30 } },
    { level: 'warn', message: refuses, fields: { seconds: 60 } },
  ]);
  expect(clock.timers).toBe(1);

  topic.refused.clear();
  await clock.advance(30_000);
  expect(published).toHaveLength(2_000);
  expect(log.told.slice(3)).toMatchObject([
    { level: 'warn', message: DEAD_LETTERED, fields: { code: 'not_json', messages: 500 } },
    { level: 'info', message: 'the dead-letter topic refuses some messages: over' },
  ]);
});

it('as many letters at once as the limit on held messages may let in are taken', async () => {
  const { queue, topic } = begin();
  queue.add(ids('a', 150_000).map((id) => letter(id)));
  await settled();
  expect(topic.messageIds).toHaveLength(150_000);
  expect(queue.idle).toBe(true);
});

it('giving up abandons a refused letter at once', async () => {
  const { queue, topic, clock, log, abandoned, giveUp } = begin();
  topic.refused.add('bad');
  queue.add([letter('bad'), letter('good')]);
  await settled();
  giveUp();
  await settled();
  expect(abandoned).toEqual(['bad']);
  expect(log.told.at(-1)?.level).toBe('warn');
  expect(queue.idle).toBe(true);
  expect(queue.waiting.letters).toBe(0);
  queue.close();
  expect(clock.timers).toBe(0);
});

it('a topic that is not reachable is asked once a round, not once a letter, until the outage is over', async () => {
  const { queue, topic, clock, log, published } = begin();
  topic.outcome = 'unreachable';
  queue.add(ids('a', 300).map((id) => letter(id)));
  await clock.advance(3_600_000);
  expect(published).toEqual([]);
  expect(topic.calls).toBeLessThan(1_500);

  topic.outcome = 'pass';
  await clock.advance(30_000);
  expect(published).toEqual(ids('a', 300));
  expect(log.told.at(0)).toMatchObject({ level: 'warn', fields: { reason: 'no connection', seconds: 0 } });
  expect(log.told.at(-1)).toMatchObject({
    level: 'info',
    message: 'the dead-letter topic takes no messages: over',
  });
});

it('giving up abandons what the topic has not taken, at once, even while it hangs', async () => {
  const { queue, topic, clock, published, abandoned, giveUp } = begin();
  topic.outcome = 'hang';
  queue.add(ids('a', 2).map((id) => letter(id)));
  await settled();
  queue.add([letter('b')]);
  giveUp();
  await settled();
  expect(abandoned.toSorted()).toEqual(['a0', 'a1', 'b']);
  expect(published).toEqual([]);
  expect(queue.idle).toBe(true);
  expect(clock.timers).toBe(0);
});

it('giving up ends the wait for the next round', async () => {
  const { queue, topic, clock, abandoned, giveUp } = begin();
  topic.outcome = 'unreachable';
  queue.add([letter('a')]);
  await settled();
  giveUp();
  await settled();
  expect(abandoned).toEqual(['a']);
  expect(clock.timers).toBe(0);
});

it('a letter that comes after giving up is abandoned without a try', async () => {
  const { queue, topic, abandoned, giveUp } = begin();
  giveUp();
  queue.add([letter('a')]);
  await settled();
  expect(abandoned).toEqual(['a']);
  expect(topic.calls).toBe(0);
});

it('it tells when every letter was reported', async () => {
  const { queue, idle, topic, clock } = begin();
  topic.refused.add('bad');
  queue.add([letter('bad'), letter('good')]);
  await settled();
  expect(idle).toEqual([]);
  topic.refused.clear();
  await clock.advance(30_000);
  expect(idle).toEqual([true]);
});

describe('a queue shows', () => {
  it('how many letters wait, and for how long the oldest has been held', async () => {
    const { queue, topic, clock } = begin();
    topic.outcome = 'hang';
    await clock.advance(1_000);
    expect(queue.waiting).toEqual({ letters: 0, oldestMs: 0 });
    queue.add([letter('a', 400), letter('b', 900)]);
    await clock.advance(2_000);
    queue.add([letter('c', 3_000)]);
    expect(queue.waiting).toEqual({ letters: 3, oldestMs: 2_600 });
  });

  it.for(['unreachable', 'denied', 'gone'] as const)(
    'from the first letter on that a topic which is %s does not take: so many wait, and why',
    async (outcome) => {
      const { queue, topic, clock } = begin();
      topic.outcome = outcome;
      queue.add(ids('a', 2).map((id) => letter(id)));
      await settled();
      expect(queue.outages).toMatchObject([
        { what: 'the dead-letter topic takes no messages: 2 letters wait' },
      ]);
      topic.outcome = 'pass';
      await clock.advance(30_000);
      expect(queue.outages).toEqual([]);
      expect(queue.waiting.letters).toBe(0);
    },
  );

  it('from the first letter on that the topic refuses: so many wait, and why', async () => {
    const { queue, topic, clock } = begin();
    topic.refused.add('bad');
    queue.add([letter('bad'), letter('good')]);
    await settled();
    expect(queue.outages).toMatchObject([
      { what: 'the dead-letter topic refuses some messages: 1 letter waits', reason: 'cannot publish bad' },
    ]);
    topic.refused.clear();
    await clock.advance(30_000);
    expect(queue.outages).toEqual([]);
  });
});

describe('a dead letter is a warning', () => {
  it('at once, then a line for each code every 30 seconds, with how many there were', async () => {
    const { queue, clock, log } = begin();
    for (let second = 0; second < 45; second += 1) {
      queue.add([letter(String(second))]);
      await clock.advance(1_000);
    }
    expect(linesOf(log)).toEqual([
      { code: 'not_json', messages: 1, entries: 1 },
      { code: 'not_json', messages: 29, entries: 29 },
    ]);
    await clock.advance(60_000);
    expect(linesOf(log).slice(2)).toEqual([{ code: 'not_json', messages: 15, entries: 15 }]);
    expect(clock.timers).toBe(0);
  });

  it('of each code, with the entries of messages that hold several', async () => {
    const { queue, log } = begin();
    const refused = { code: 'row_refused', reason: 'ER_DUP_ENTRY: secret' } as const;
    queue.add([letter('a'), { ...letter('b'), rejection: refused, entries: 3 }, letter('c')]);
    await settled();
    expect(linesOf(log)).toEqual([
      { code: 'not_json', messages: 2, entries: 2 },
      { code: 'row_refused', messages: 1, entries: 3 },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('secret');
  });

  it('not before the topic has it, and what was not said is said at the end', async () => {
    const { queue, topic, clock, log } = begin();
    topic.outcome = 'unreachable';
    queue.add(ids('a', 3).map((id) => letter(id)));
    await settled();
    expect(linesOf(log)).toEqual([]);
    topic.outcome = 'pass';
    await clock.advance(30_000);
    queue.add([letter('b')]);
    await settled();
    queue.close();
    expect(linesOf(log).map(({ messages }) => messages)).toEqual([3, 1]);
    expect(clock.timers).toBe(0);
  });
});

const DEAD_LETTERED = 'dead-lettered: cannot become rows';

function linesOf(log: RecordingLog) {
  return log.told.filter(({ message }) => message === DEAD_LETTERED).map(({ fields }) => fields);
}

function letter(messageId: string, receivedAtMs = 0): DeadLetter {
  return {
    delivery: sampleDelivery(messageId, { receivedAtMs }),
    rejection: { code: 'not_json', reason: 'The message is not JSON.' },
  };
}

function begin() {
  const clock = new FakeClock();
  const log = new RecordingLog();
  const topic = new MemoryDeadLetters();
  const signal = new AbortController();
  const published: string[] = [];
  const abandoned: string[] = [];
  const idle: boolean[] = [];
  const parts = { deadLetters: topic, clock, log, signal: signal.signal };
  const queue = new DeadLetterQueue(parts, {
    published: (letters) => {
      published.push(...letters.map(({ delivery }) => delivery.messageId));
    },
    abandoned: (letters) => {
      abandoned.push(...letters.map(({ delivery }) => delivery.messageId));
    },
    idle: () => {
      idle.push(queue.idle);
    },
  });
  const giveUp = () => {
    signal.abort(new Error('given up'));
  };
  return { clock, log, topic, queue, published, abandoned, idle, giveUp };
}
