import type { Budget } from '../../query/answers/budget.ts';
import type { Means } from '../../query/answers/page.ts';
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

/** Prints what was answered beside the answer. */
export function printNotes(
  { notes, explanation }: Answered,
  explain: boolean,
  { stderr }: Pick<Context, 'stderr'>,
): void {
  for (const line of [...notes, ...(explain ? [explanation] : [])]) stderr.write(`lms: ${line}\n`);
}

/** The means of a question that nobody goes on with: it goes on by itself until it is stopped. */
export function unlimited(means: Means): Means {
  const budget: Budget = { maxMs: Infinity, maxRows: Infinity, end: means.budget.end };
  return { ...means, budget };
}
