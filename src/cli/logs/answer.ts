import { LmsError } from '../../errors/catalogue.ts';
import type { Means } from '../../query/answers/page.ts';
import type { Stretch } from '../../query/answers/ports.ts';
import { readStoredUpTo, storedUpToText } from '../../query/answers/stored-up-to.ts';
import { boundsOf } from '../../query/bounds.ts';
import type { Context } from '../context.ts';
import type { LinesStyle } from '../output/entries/lines.ts';
import type { Sink } from '../output/sink.ts';
import type { LogsOptions } from './options.ts';
import type { Question } from './question.ts';

/** What is asked, by which means it is answered, and where the answer goes. */
export interface Asked {
  readonly question: Question;
  readonly options: LogsOptions;
  readonly means: Means;
  readonly style: LinesStyle;
  readonly sink: Sink;
  readonly nowMs: number;
  /** Where the listing goes on that a cursor stands for. */
  readonly start?: Stretch | undefined;
}

/** How an answer came about. */
export interface Answered {
  /** How many entries it tells of. */
  readonly found: number;
  /** For a person, beside the answer: a line each. */
  readonly notes: readonly string[];
  /** Up to where it goes, if it was stopped before its end. */
  readonly stopped: string | undefined;
  /** What it took. */
  readonly explanation: string;
}

/**
 * Up to when all is stored that may match, in words, or what to do so that the database tells. Undefined if it is
 * asked for a time that is over, or no worker has been seen.
 */
export async function freshnessOf({ filter, clock }: Question, means: Means): Promise<string | undefined> {
  if (boundsOf(filter).to !== undefined || means.signal.aborted) return undefined;
  const upTo = await readStoredUpTo(means.reader, means.signal);
  if (upTo.kind !== 'unknown') return storedUpToText(upTo, clock.zone);
  return upTo.cause instanceof LmsError ? notTold(upTo.cause) : undefined;
}

function notTold({ message, todo }: LmsError): string {
  return `up to when all is stored is not known: ${message}. ${todo}`;
}

/** What is told beside an answer. */
interface Notes extends Pick<Answered, 'notes' | 'explanation'> {
  readonly freshness: string | undefined;
}

/** Prints what was answered beside the answer: how it came about if that is asked for, how fresh it is to a person too. */
export function printNotes(
  { notes, explanation, freshness }: Notes,
  explain: boolean,
  { stderr }: Pick<Context, 'stderr'>,
): void {
  const isToldHowFresh = freshness !== undefined && (explain || stderr.isTTY === true);
  const lines = [...notes, ...(explain ? [explanation] : []), ...(isToldHowFresh ? [freshness] : [])];
  for (const line of lines) stderr.write(`lms: ${line}\n`);
}
