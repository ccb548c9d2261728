import { LmsError } from '../../errors/catalogue.ts';
import type { Means } from '../../query/answers/page.ts';
import type { Context } from '../context.ts';
import { namedField } from '../output/entries/fields.ts';
import { entryFormat, type FormatChoice } from '../output/entries/formats.ts';
import type { LinesStyle } from '../output/entries/lines.ts';
import { hasColors, leave, paint } from '../output/style.ts';
import { Listing } from './listing.ts';
import type { LogsOptions } from './options.ts';
import type { Question } from './question.ts';
import { PlainSink } from './sink.ts';

/** Lines that are shown unless it is said how many. */
const USUAL_LINES = 100;
const WIDTH = 80;

/** What is asked, and by which means it is answered. */
export interface Asked {
  readonly question: Question;
  readonly options: LogsOptions;
  readonly means: Means;
}

/** Prints the entries that match. Resolves to how many; throws STOPPED if the search was ended before its end. */
export async function printEntries({ question, options, means }: Asked, context: Context): Promise<number> {
  const { filter, around, clock } = question;
  const { lines = USUAL_LINES, reverse: isReversed = false } = options;
  const listing = new Listing({ filter, around, lines, isReversed }, means);
  const format = entryFormat(formatChoice(options), linesStyle(question, options, context));
  const sink = new PlainSink(context.stdout);
  let count = 0;
  for await (const entries of listing.entries()) {
    if (entries.length === 0) continue;
    await sink.write((count === 0 ? format.header : '') + format.write(entries));
    count += entries.length;
    if (sink.isClosed) break;
  }
  await sink.end();
  if (listing.stopped !== undefined) {
    const { order, at } = listing.stopped;
    const where =
      at === undefined ? '' : `: searched ${order === 'newest' ? 'back' : 'up'} to ${clock.at(at).local}`;
    throw new LmsError('STOPPED', `stopped before the end${where}`);
  }
  const mayBeMore = listing.pages.at(-1)?.next !== undefined;
  if (options.lines === undefined && count === USUAL_LINES && mayBeMore)
    context.stderr.write(`lms: these are the newest ${USUAL_LINES}; for more of them: -n 1000, or -n all\n`);
  return count;
}

function formatChoice({ json, csv, raw, fields, spreadsheet = false }: LogsOptions): FormatChoice {
  const kind = json ? 'json' : csv ? 'csv' : raw ? 'raw' : 'text';
  return { kind, fields: fields?.map(namedField), spreadsheet };
}

function linesStyle({ clock }: Question, options: LogsOptions, context: Context): LinesStyle {
  return {
    columns: terminalColumns(context.stdout),
    clock,
    wrap: options.wrap ?? false,
    paint: hasColors(options.color, context) ? paint : leave,
  };
}

/** Undefined where standard output is no terminal. Some terminals say that they have none. */
function terminalColumns({ isTTY, columns = 0 }: Context['stdout']): number | undefined {
  if (isTTY !== true) return undefined;
  return columns > 0 ? columns : WIDTH;
}
