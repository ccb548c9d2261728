import type { Context } from '../context.ts';
import type { LinesStyle } from '../output/entries/lines.ts';
import { findPager, openSink, type Pager } from '../output/pager.ts';
import type { Sink } from '../output/sink.ts';
import { hasColors, leave, paint } from '../output/style.ts';
import type { LogsOptions } from './options.ts';
import type { Question } from './question.ts';

/** Of a terminal that does not say how wide it is. */
const USUAL_COLUMNS = 80;

/** Where an answer goes, and what it looks like there. */
export interface AnswerOutput {
  readonly sink: Sink;
  readonly style: LinesStyle;
}

/** What decides that, beside the options. */
export interface OutputParts {
  readonly question: Question;
  readonly context: Context;
  /** Called before a pager takes the terminal. */
  readonly onPager: () => void;
}

/** Lines go to a pager where there is a terminal, and begin with the newest. */
export function outputOf(options: LogsOptions, { question, context, onPager }: OutputParts): AnswerOutput {
  const { pager: isPaged, histogram, count, color, wrap = false } = options;
  const pager = isPaged && !histogram && !count ? findPager(context) : undefined;
  const sink = openSink(context, pager, { atEnd: isNewestLast(options), onOpen: onPager });
  const isColored = hasColors(color, context) && (color === 'always' || canShowColors(pager));
  const columns = terminalColumns(context.stdout);
  return { sink, style: { columns, clock: question.clock, wrap, paint: isColored ? paint : leave } };
}

function isNewestLast({ reverse, around, lines, values, csv }: LogsOptions): boolean {
  return !reverse && around === undefined && lines !== Infinity && values === undefined && !csv;
}

function canShowColors(pager: Pager | undefined): boolean {
  return pager === undefined || pager.hasColors;
}

/** How wide the terminal is; undefined: there is none. */
export function terminalColumns({ isTTY, columns = 0 }: Context['stdout']): number | undefined {
  if (isTTY !== true) return undefined;
  return columns > 0 ? columns : USUAL_COLUMNS;
}
