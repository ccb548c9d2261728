import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import { type Grant, OPEN } from '../../access/grant.ts';
import { askedAtMs } from '../../live/history.ts';
import type { LiveTails } from '../../live/live-tails.ts';
import type { HistoryRequest } from '../../live/ports.ts';
import { parsePosition, type Position } from '../../live/position.ts';
import { eventData, type TailEvent } from '../../live/tail-event.ts';
import { TailRefused } from '../../live/tail-limits.ts';
import { EVENT_STREAM, eventText, STREAM_HEADERS } from '../event-stream.ts';
import { text, wholeNumber } from '../parameters.ts';
import { Problem } from '../problems.ts';
import { QUESTION, readQuestion } from '../question.ts';
import { resource } from '../resource.ts';
import type { Answer } from '../route.ts';

const MAX_LAST = 1_000;
const MAX_RATE = 100_000;
/** How long a browser waits before it connects again. */
const RETRY = 'retry: 1000\n\n';
const RETRY_AFTER = { 'retry-after': '10' };

const { q, since, tz } = QUESTION;
const QUERY = z.object({
  q,
  since: since.meta({
    description: 'What is stored first, from this time on: 1h (ago), 14:00, 2026-11-25T14:00:05Z.',
    examples: ['10m', '2026-11-25T14:00:00Z'],
  }),
  tz,
  n: wholeNumber(0, MAX_LAST).optional().meta({ description: 'Of what is stored, the last so many first.' }),
  max_rate: wholeNumber(1, MAX_RATE)
    .optional()
    .meta({ description: 'Entries a second at most; what is left out is counted in events called sampled.' }),
  last_event_id: text()
    .optional()
    .meta({
      description: 'The id of the last event that was seen; the header Last-Event-ID goes before it.',
      examples: [''],
    }),
});

/** Entries that match, as they are published. */
export const tail = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/tail',
  summary: 'Entries that match, as they are published: server-sent events',
  params: z.object({}),
  query: QUERY,
  isStream: true,
  response: z.string().meta({
    description:
      'Events called entry (as in NDJSON), gap {from, to}, skipped {count, from, to}, sampled {count, from, to} and ' +
      'heartbeat {time, lagMs, storedUpTo}; the id of each is where another request goes on.',
  }),
  async answer({ query, headers, nowMs, ask, grant, signal, services, isStillGranted }): Promise<Answer> {
    const { tails } = services;
    const { filter } = readQuestion({ ...query, since: undefined, until: undefined }, nowMs);
    const resume = resumeOf(query.last_event_id, headers);
    const whole = readQuestion({ ...query, until: undefined }, askedAtMs(resume, nowMs));
    if (tails === undefined)
      throw new Problem('NO_RESOURCE', 'This server has no live tail: its setting LMS_TAIL is off.');
    const history: HistoryRequest | undefined =
      (query.since === undefined && (query.n ?? 0) === 0) || query.n === 0
        ? undefined
        : { filter: whole.filter, from: whole.range.from, last: query.n, ask };
    const request = { filter, grant, resume, history, maxRate: query.max_rate, key: keyOf(grant), signal };
    const events = await opened(tails, request);
    return {
      contentType: EVENT_STREAM,
      headers: STREAM_HEADERS,
      body: pieces(events, isStillGranted),
      isStream: true,
    };
  },
});

async function opened(
  tails: LiveTails,
  request: Parameters<LiveTails['open']>[0],
): Promise<AsyncIterable<readonly TailEvent[]>> {
  try {
    return await tails.open(request);
  } catch (error) {
    if (error instanceof TailRefused) throw refusal(error);
    throw error;
  }
}

function refusal({ why }: TailRefused): Problem {
  switch (why) {
    case 'many-of-key':
      return new Problem(
        'TOO_MANY_REQUESTS',
        'This token has as many tails open as it may (TAILS_PER_TOKEN).',
        {
          headers: RETRY_AFTER,
        },
      );
    case 'many':
      return new Problem('OVERLOADED', 'The server has as many tails open as it may (TAILS).', {
        headers: RETRY_AFTER,
      });
    case 'stopping':
      return new Problem('STOPPING', 'The server takes no more tails.', { headers: RETRY_AFTER });
  }
}

/** Texts of events, for as long as whoever reads may. */
async function* pieces(
  events: AsyncIterable<readonly TailEvent[]>,
  isStillGranted: () => Promise<boolean>,
): AsyncGenerator<string> {
  yield RETRY;
  for await (const batch of events) {
    // There is one in every ten seconds.
    if (batch.some(({ kind }) => kind === 'heartbeat') && !(await isStillGranted())) return;
    let piece = '';
    for (const event of batch) piece += eventText(event.kind, event.position, eventData(event));
    yield piece;
  }
}

/** Where it goes on. Throws CURSOR if that is no position. */
function resumeOf(given: string | undefined, headers: IncomingHttpHeaders): Position | undefined {
  const header = headers['last-event-id'];
  const written = typeof header === 'string' && header !== '' ? header : given;
  if (written === undefined || written === '') return undefined;
  const position = parsePosition(written);
  if (position !== undefined) return position;
  throw new Problem('CURSOR', 'last_event_id: this is damaged, or of another release of lms.');
}

function keyOf(grant: Grant): string | undefined {
  return grant === OPEN ? undefined : (grant.tokenId ?? grant.name);
}
