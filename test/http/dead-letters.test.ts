import { expect, it } from 'vitest';
import * as z from 'zod';
import { type Grant, OPEN } from '../../src/access/grant.ts';
import { postEntries } from '../../src/http/resources/post-entries.ts';
import { readDeadLetter, replayOf, writeDeadLetter } from '../../src/pubsub/dead-letter-message.ts';
import { openHttp } from '../support/http-server.ts';
import { IntakeWorld } from '../support/intake.ts';

const GRANT: Grant = { ...OPEN, name: 'a token', tokenId: 'id', hidden: ['team/'] };
const TEAM: Grant = { ...GRANT, prefix: 'team/' };
const CARTS: Grant = { ...GRANT, services: ['cart*'] };
const RECORD =
  '{"service_name":"checkout","payload":"x","severity":"worse","timestamp":"2026-11-25T14:00:05Z"}';

/** The letter that comes of a record which one of these sends. */
async function letterOf(grant: Grant, body = RECORD) {
  const world = new IntakeWorld();
  await world.send(postEntries, { body, grant });
  expect([world.published.length, world.letters.length]).toEqual([0, 1]);
  const [message] = writeDeadLetter(world.letters[0]!, 'projects/lms/subscriptions/log-sub');
  const received = { ...message!, messageId: 'm', publishTime: { seconds: 0, nanos: 0 } };
  return { ...readDeadLetter(received), messageId: grant.name + grant.prefix, arrivedAtMs: 0 };
}

it('what one may not write is not written for him by who publishes dead letters again', async () => {
  expect(replayOf(await letterOf(OPEN))).toBeDefined();
  expect(replayOf(await letterOf(TEAM))).toBeUndefined();
  expect(replayOf(await letterOf(CARTS))).toBeUndefined();
});

it('letters of a namespace are seen by its bearers alone; those that name no service by who sees all', async () => {
  const letters = [
    await letterOf(OPEN),
    await letterOf(TEAM),
    await letterOf(TEAM, '[7]'),
    await letterOf(OPEN, '[7]'),
  ];
  const server = await openHttp({
    deadLetterBox: {
      list: () => Promise.resolve({ letters, retentionMs: undefined }),
      replay: () => Promise.reject(new Error('nobody asks for it')),
    },
  });
  const seenBy = async (grant: Grant) => {
    server.grant = grant;
    const listed: unknown = await (await server.ask('/api/v1/dead-letters')).json();
    const { letters: seen } = z
      .object({ letters: z.array(z.looseObject({ service: z.string().nullable() })) })
      .parse(listed);
    return seen.map(({ service }) => service);
  };
  expect(await seenBy(GRANT)).toEqual(['checkout', null]);
  expect(await seenBy(TEAM)).toEqual(['checkout', '']);
  expect(await seenBy(CARTS)).toEqual([]);
});
