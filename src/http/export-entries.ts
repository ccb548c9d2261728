import { setImmediate } from 'node:timers/promises';
import type { Page } from '../query/answers/page.ts';
import { readPage } from '../query/answers/page.ts';
import type { Stretch } from '../query/answers/ports.ts';
import type { Filter } from '../query/filter.ts';
import { lineFormat, type Shown } from './entry-format.ts';
import { type Format, typeOf } from './format.ts';
import type { Answer, Ask } from './route.ts';

/** Entries that are read at once: fewer at first, and where they are large. */
const MOST_ENTRIES = 1_000;
const FIRST_ENTRIES = 25;
/** About as many UTF-16 units a page has at most. */
const PAGE_UNITS = 256 * 1024;

/** How an export goes. */
interface ExportStyle {
  readonly format: Exclude<Format, 'json'>;
  readonly shown: Shown;
  readonly ask: Ask;
  readonly print: (stretch: Stretch | undefined) => string | undefined;
}

/**
 * All entries of a stretch, read page by page as they are taken: no more than a few are in memory, each of
 * about 256 KB, and between pages others have their turn. Trailers say whether it is all, and how it goes on if the server was
 * stopped meanwhile.
 */
export async function exportEntries(
  { filter, stretch }: { readonly filter: Filter; readonly stretch: Stretch },
  { format, shown, ask, print }: ExportStyle,
): Promise<Answer> {
  const { header, line } = lineFormat(format, shown);
  let limit = FIRST_ENTRIES;
  const read = (from: Stretch, isPatient: boolean) =>
    ask(async (means) => {
      const isStopped = means.budget.end?.aborted === true;
      return isStopped ? undefined : readPage({ filter, stretch: from, limit }, means);
    }, isPatient);
  // What cannot be answered is refused before anything is sent.
  const first = await read(stretch, false);
  let rest: Stretch | undefined = stretch;
  async function* lines(): AsyncGenerator<string> {
    yield header;
    for (let page: Page | undefined = first; page !== undefined;) {
      const { entries, next }: Page = page;
      // The database reads while these are written and taken. What fails is thrown when its turn comes.
      const reading = next && read(next, true);
      reading?.catch(() => undefined);
      // What is asked goes out first.
      await setImmediate();
      const text = entries.map(line).join('');
      if (text !== '') limit = entriesOf(text.length / entries.length);
      yield text;
      rest = next;
      page = await reading;
    }
  }
  return {
    contentType: `${typeOf(format)}; charset=utf-8`,
    body: lines(),
    trailers: {
      'lms-complete': () => String(rest === undefined),
      'lms-next': () => print(rest) ?? '',
    },
  };
}

/** How many entries of such a length a page has. */
function entriesOf(units: number): number {
  return Math.max(1, Math.min(MOST_ENTRIES, Math.floor(PAGE_UNITS / units)));
}
