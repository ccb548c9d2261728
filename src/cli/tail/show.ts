import type { Followed } from '../../live/follow.ts';
import type { FoundEntry } from '../../logs/entry.ts';
import { unlessAborted } from '../../pipeline/clock.ts';
import type { ZoneClock } from '../../query/zone-clock.ts';
import type { Context } from '../context.ts';
import { formatChoice } from '../logs/format-choice.ts';
import { terminalColumns } from '../logs/output.ts';
import { type EntryFormat, entryFormat } from '../output/entries/formats.ts';
import { PlainSink } from '../output/sink.ts';
import { hasColors, leave, paint } from '../output/style.ts';
import type { TailNotes } from './notes.ts';
import type { TailOptions } from './options.ts';

/** Where a tail is shown, and how. */
export interface TailOutput {
  readonly options: TailOptions;
  readonly zone: ZoneClock;
  readonly context: Context;
  readonly notes: TailNotes;
  /** Aborted, nothing more is shown. */
  readonly signal: AbortSignal;
}

/** Prints a tail for as long as it goes on. */
export async function showTail(
  tail: AsyncIterable<readonly Followed<FoundEntry>[]>,
  output: TailOutput,
): Promise<void> {
  const { context, notes, signal } = output;
  const sink = new PlainSink(context.stdout);
  const lines = new TailLines(output);
  for await (const batch of tail) {
    const text = lines.text(batch.flatMap((item) => (item.kind === 'entry' ? [item.entry] : [])));
    await unlessAborted(() => sink.write(text), signal);
    for (const item of batch) if (item.kind !== 'entry') notes.tell(item);
  }
}

/** Entries as they are written, at the width that the terminal has now. */
class TailLines {
  readonly #output: TailOutput;
  #format: EntryFormat | undefined;
  #columns: number | undefined;
  #hasHeader = false;

  constructor(output: TailOutput) {
    this.#output = output;
  }

  text(entries: readonly FoundEntry[]): string {
    if (entries.length === 0) return '';
    const format = this.#current();
    const header = this.#hasHeader ? '' : format.header;
    this.#hasHeader = true;
    return header + format.write(entries);
  }

  #current(): EntryFormat {
    const { options, zone, context } = this.#output;
    const columns = terminalColumns(context.stdout);
    if (this.#format !== undefined && columns === this.#columns) return this.#format;
    this.#columns = columns;
    const { color, wrap = false } = options;
    const style = { columns, clock: zone, wrap, paint: hasColors(color, context) ? paint : leave };
    this.#format = entryFormat(formatChoice(options), style);
    return this.#format;
  }
}
