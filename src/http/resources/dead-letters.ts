import * as z from 'zod';
import { type Grant, isWhole, shownService } from '../../access/grant.ts';
import { beginningOf, describeLetter } from '../../export/dead-letters.ts';
import { readJson } from '../json-body.ts';
import { text, wholeNumber } from '../parameters.ts';
import { Problem } from '../problems.ts';
import { json, resource } from '../resource.ts';

const USUAL_LIMIT = 100;
const MAX_LIMIT = 1_000;

const LETTER = z.strictObject({
  messageId: z.string().meta({ description: 'Of the message as it first came, over any number of replays.' }),
  publishTime: z.string(),
  deadLetteredAt: z.string(),
  code: z.string().meta({ description: 'What is wrong with it: docs/errors.md.' }),
  reason: z.string(),
  service: z.string().nullable(),
  bytes: z.int(),
  part: z.string().nullable().meta({ description: 'Of a message that is too large for one letter: 1/2.' }),
  beginning: z.string().nullable().meta({ description: 'How what was refused begins.' }),
});

/** Messages that could not become rows, and why. */
export const deadLetters = resource({
  method: 'GET',
  scope: 'admin',
  path: '/api/v1/dead-letters',
  summary: 'Messages that could not become entries, and why: they stay where they are',
  params: z.object({}),
  query: z.object({
    limit: wholeNumber(1, MAX_LIMIT).default(USUAL_LIMIT),
    code: text().optional().meta({ description: 'Only those with this code, of all that are looked at.' }),
  }),
  response: z.strictObject({
    letters: z.array(LETTER),
    complete: z.boolean().meta({ description: 'Otherwise there may be more than were looked at.' }),
    retentionSeconds: z.number().nullable().meta({ description: 'How long a letter is kept.' }),
  }),
  async answer({ query, grant, services, signal }) {
    const { deadLetterBox } = services;
    const { letters, retentionMs } = await deadLetterBox.list(query.limit, signal);
    const listed = letters
      .map((letter) => ({ ...describeLetter(letter, services), beginning: beginningOf(letter, services) }))
      .filter(({ code }) => query.code === undefined || code === query.code)
      .flatMap((letter) => seenBy(grant, letter));
    return json({
      letters: listed,
      complete: letters.length < query.limit,
      retentionSeconds: retentionMs === undefined ? null : retentionMs / 1_000,
    });
  },
});

/** A letter whose service cannot be told is of no namespace, and shown to those alone who see all else. */
function seenBy<Letter extends { readonly service: string | null }>(grant: Grant, letter: Letter): Letter[] {
  if (letter.service === null) return isWhole(grant) ? [letter] : [];
  const service = shownService(grant, letter.service);
  return service === undefined ? [] : [{ ...letter, service }];
}

const REPLAY = z.strictObject({
  code: z.string().optional().meta({ description: 'Only letters with this code.' }),
  messageIds: z.array(z.string()).max(MAX_LIMIT).optional().meta({ description: 'Only these.' }),
  limit: z.int().min(1).max(100_000).default(10_000),
  dryRun: z.boolean().default(false).meta({ description: 'Publish nothing: say what would be.' }),
});

/** Publishes them again. */
export const replayDeadLetters = resource({
  method: 'POST',
  scope: 'admin',
  path: '/api/v1/dead-letters/replay',
  summary:
    'Publish dead letters to the topic again, with their identity: what was stored after all counts once',
  params: z.object({}),
  query: z.object({}),
  body: { 'application/json': REPLAY },
  response: z.strictObject({
    replayed: z.int().meta({ description: 'Published again; in a dry run, would be.' }),
    unconfirmed: z
      .int()
      .meta({ description: 'Of these, not confirmed as removed: they may come again, and count once.' }),
    notAskedFor: z.int(),
    cameBack: z.int().meta({ description: 'Rejected again meanwhile.' }),
    unfit: z.int().meta({
      description:
        'Cannot be published: packed by another program, too large with their identity, or of a token that may not write all services.',
    }),
    parts: z.int().meta({ description: 'Parts of messages that are too large to be published.' }),
  }),
  async answer({ body, grant, requestId, services, signal }) {
    if (!isWhole(grant))
      throw new Problem('SCOPE', 'This takes a token for all services: letters may be of any.');
    const { messageIds, ...which } = await readJson(REPLAY, body);
    const ids = messageIds && new Set(messageIds);
    const counts = await services.deadLetterBox.replay({ ...which, messageIds: ids }, signal);
    if (!which.dryRun)
      services.log.warn({ requestId, by: grant.name, ...counts }, 'dead letters were published again');
    return json(counts);
  },
});
