import type { FoundEntry } from '../../../logs/entry.ts';
import type { Severity } from '../../../logs/severity.ts';
import type { ZoneClock } from '../../../query/zone-clock.ts';
import { visible } from '../../../text/visible.ts';
import { columnsOf, cutToColumns, foldToColumns } from '../../../text/width.ts';
import type { Paint, Style } from '../style.ts';
import { tagConditions } from './tags.ts';

/** Where entries are shown, and how. */
export interface LinesStyle {
  /** Width of the terminal; undefined: no terminal. There lines are as long as they are, and times exact. */
  readonly columns: number | undefined;
  /** Long lines go on in the next one; otherwise a terminal has their beginning. */
  readonly wrap: boolean;
  readonly paint: Paint;
  readonly clock: ZoneClock;
  /** Entries that are set apart from the others around them by a `>` before the line. */
  readonly isMarked?: (entry: FoundEntry) => boolean;
}

const GAP = '  ';
const SEVERITY_COLUMNS = 5;
/** A service's name is cut to this on a terminal. */
const MAX_SERVICE_COLUMNS = 24;
/** Where less is left beside the columns, the text goes below them. */
const LEAST_TEXT_COLUMNS = 24;
const INDENT = '    ';

/** Text that is worth a look has its colour; of the others, the word for how bad it is. */
const TEXT_STYLES: Readonly<Partial<Record<Severity, Style>>> = {
  debug: 'dim',
  warn: 'yellow',
  error: 'red',
  fatal: 'bold red',
};

/** What is shown in a line of an entry: the text, and what comes after it in another colour. */
interface TextLine {
  readonly text: string;
  readonly tags: string;
}

/**
 * Entries as lines for people: time, severity and service in aligned columns, then the text with all its
 * lines, then the tags. Nothing of an entry does anything to a terminal.
 */
export class EntryLines {
  readonly #style: LinesStyle;
  /** The widest name so far: columns only ever move to the right. */
  #serviceColumns = 0;

  constructor(style: LinesStyle) {
    this.#style = style;
  }

  /** Makes room for the names of these, so that what is shown together is aligned. */
  makeRoomFor(entries: readonly FoundEntry[]): void {
    for (const { serviceName } of entries) {
      this.#serviceColumns = Math.max(this.#serviceColumns, columnsOf(this.#serviceText(serviceName)));
    }
  }

  /** One entry; ends with a line break. */
  format(entry: FoundEntry): string {
    this.makeRoomFor([entry]);
    const { paint, columns } = this.#style;
    const time = this.#timeText(entry.timestamp);
    const service = this.#serviceText(entry.serviceName);
    const severity = entry.severity.padEnd(SEVERITY_COLUMNS);
    const padding = ' '.repeat(this.#serviceColumns - columnsOf(service));
    const head = [
      paint('dim', time),
      this.#painted(entry.severity, severity),
      paint('cyan', service) + padding,
    ];
    const mark = this.#markOf(entry);
    const before = mark.length + time.length + SEVERITY_COLUMNS + this.#serviceColumns + 3 * GAP.length;
    const isBeside = columns === undefined || columns - before >= LEAST_TEXT_COLUMNS;
    const indent = isBeside ? ' '.repeat(before) : INDENT;
    const lines = this.#lines(
      entry,
      columns === undefined ? undefined : Math.max(8, columns - indent.length),
    );
    const shown = lines.map(({ text, tags }) => this.#painted(entry.severity, text) + paint('dim', tags));
    const first = mark + head.join(GAP);
    const all = isBeside
      ? shown.map((line, index) => (index === 0 ? `${first}${GAP}` : indent) + line)
      : [first, ...shown.map((line) => indent + line)];
    return all.map((line) => `${line.trimEnd()}\n`).join('');
  }

  #markOf(entry: FoundEntry): string {
    const { isMarked } = this.#style;
    if (isMarked === undefined) return '';
    return isMarked(entry) ? '> ' : '  ';
  }

  #timeText(timestamp: string): string {
    const { clock, columns } = this.#style;
    const { local, offset } = clock.at(timestamp);
    return columns === undefined ? `${local.replace(' ', 'T')}${offset}` : local.slice(0, -3);
  }

  #serviceText(serviceName: string): string {
    const text = visible(serviceName);
    return this.#style.columns === undefined ? text : cutToColumns(text, MAX_SERVICE_COLUMNS);
  }

  #painted(severity: Severity, text: string): string {
    const style = TEXT_STYLES[severity];
    return style === undefined ? text : this.#style.paint(style, text);
  }

  #lines({ payload, tags }: FoundEntry, room: number | undefined): TextLine[] {
    const texts = payloadLines(payload, room === undefined || this.#style.wrap ? undefined : room);
    const conditions = tagConditions(tags);
    const tagText = conditions.join(' ');
    const last = texts.pop() ?? '';
    const separator = last === '' || tagText === '' ? '' : GAP;
    if (room === undefined || !this.#style.wrap)
      return [...texts.map(untagged), this.#fitted({ text: last, tags: separator + tagText }, room)];
    const folded = texts.flatMap((text) => foldToColumns(text, room)).map(untagged);
    const end = foldToColumns(last, room);
    const tail = foldConditions(conditions, room).map((line) => ({ text: '', tags: line }));
    const ownLine = columnsOf(end.at(-1) ?? '') + separator.length + columnsOf(tagText) > room;
    if (ownLine) return [...folded, ...end.map(untagged), ...tail];
    return [
      ...folded,
      ...end.slice(0, -1).map(untagged),
      { text: end.at(-1) ?? '', tags: separator + tagText },
    ];
  }

  #fitted(line: TextLine, room: number | undefined): TextLine {
    if (room === undefined || line.tags === '') return line;
    const left = room - columnsOf(line.text);
    return { ...line, tags: left > GAP.length ? cutToColumns(line.tags, left) : '' };
  }
}

/** Conditions in lines of at most so many columns: one goes on in the next line only if it is longer than a line. */
function foldConditions(conditions: readonly string[], room: number): string[] {
  const lines: string[] = [];
  for (const condition of conditions) {
    const line = lines.at(-1);
    if (line !== undefined && columnsOf(line) + 1 + columnsOf(condition) <= room)
      lines[lines.length - 1] = `${line} ${condition}`;
    else lines.push(...foldToColumns(condition, room));
  }
  return lines;
}

function untagged(text: string): TextLine {
  return { text, tags: '' };
}

/** The lines of a text without line breaks at its end, as they can be shown, each cut to `room` if there is one. */
function payloadLines(payload: string, room: number | undefined): string[] {
  return withoutEmptyEnd(payload)
    .split(/\r?\n/)
    .map((line) => {
      const spaced = line.replaceAll('\t', INDENT);
      if (room === undefined) return visible(spaced);
      return cutToColumns(visible(spaced.slice(0, room * MAX_UNITS)), room);
    });
}

function withoutEmptyEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1;
  return text.slice(0, end);
}

/** Units of a line that can be in a column. More of a long line is not looked at. */
const MAX_UNITS = 16;
