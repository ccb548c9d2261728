import { OPEN } from '../access/grant.ts';
import type { Settings } from '../config/settings.ts';
import { LmsError } from '../errors/catalogue.ts';
import type { TailRequest } from '../live/ports.ts';
import { parsePosition } from '../live/position.ts';
import type { Log } from '../pipeline/ports.ts';
import type { Means } from '../query/answers/page.ts';
import { allOf } from '../query/filter.ts';
import { openLive } from './open-live.ts';
import type { OpenedTail, TailQuestion } from './tail-question.ts';

/** See `openDirectTail`. */
export interface DirectTailParts {
  readonly question: TailQuestion;
  readonly settings: Settings;
  readonly log: Log;
  readonly means: Means;
}

/** A tail straight from Pub/Sub and the database, as an `lms serve` would have it. Throws SETTINGS if there is none. */
export function openDirectTail({ question, settings, log, means }: DirectTailParts): OpenedTail {
  const reader = () => Promise.resolve(means.reader);
  const live = openLive({ settings, reader, create: false, log });
  if (live === undefined)
    throw new LmsError('SETTINGS', 'LMS_TAIL is off: pubsub and poll are where a tail comes from');
  return {
    open: ({ resume }, signal) =>
      live.tails.open({
        filter: question.filter,
        grant: OPEN,
        resume: resume === undefined ? undefined : parsePosition(resume),
        history: historyOf(question, means),
        maxRate: question.maxRate,
        signal,
      }),
    close: () => live.close(),
  };
}

function historyOf({ filter, since, lines }: TailQuestion, means: Means): TailRequest['history'] {
  if (lines === 0) return undefined;
  const from = since === undefined ? [] : [{ kind: 'time', op: '>=', at: since } as const];
  return {
    filter: allOf([filter, ...from]),
    from: since,
    last: lines,
    ask: (work) => work(means),
  };
}
