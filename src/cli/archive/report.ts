import type { DayReport } from '../../app/archive/run-archive.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { visible } from '../../text/visible.ts';
import { count } from '../output/numbers.ts';
import { sizeText } from './size-text.ts';

/** What became of a day, for a person. */
export function dayLine(day: DayReport): string {
  if (day.failure !== undefined) return `${day.day}  not archived: ${visible(day.failure.message)}\n`;
  const parts = day.parts === 1 ? '1 part' : `${count(day.parts)} parts`;
  const archived = `${day.day}  ${entries(day.rows)} in ${parts}, ${sizeText(day.bytes)}`;
  return `${[archived, writtenText(day), ...deletedTexts(day)].join(', ')}\n`;
}

function writtenText({ rows, written }: DayReport): string {
  if (written === 0) return 'archived before';
  return written === rows ? 'archived now' : `${count(written)} of them archived now`;
}

function deletedTexts({ deleted, left, kept }: DayReport): string[] {
  if (kept !== undefined && deleted !== undefined)
    return [`${count(deleted)} deleted, the others not: ${visible(kept)}`];
  if (kept !== undefined) return [`not deleted: ${visible(kept)}`];
  if (deleted === undefined) return [];
  return [`${count(deleted)} deleted`, ...(left > 0 ? [`${count(left)} came late and stay`] : [])];
}

/** The same for a program. */
export function dayJson({ failure, kept, deleted, ...day }: DayReport): string {
  const members = {
    day: day.day,
    rows: day.rows,
    parts: day.parts,
    bytes: day.bytes,
    written: day.written,
    ...(deleted !== undefined && { deleted, left: day.left }),
    ...(kept !== undefined && { kept }),
    ...(failure !== undefined && { error: failure.message }),
  };
  return `${JSON.stringify(members)}\n`;
}

/** What all days come to. */
export class Summary {
  readonly #place: string;
  readonly #before: string;
  readonly #deletes: boolean;
  readonly #failures: LmsError[] = [];
  #days = 0;
  #written = 0;
  #deleted = 0;

  constructor(place: string, before: string, deletes: boolean) {
    this.#place = place;
    this.#before = before;
    this.#deletes = deletes;
  }

  add({ written, deleted = 0, failure }: DayReport): void {
    this.#days += 1;
    this.#written += written;
    this.#deleted += deleted;
    if (failure !== undefined) this.#failures.push(failure);
  }

  text(): string {
    if (this.#days === 0) return `Nothing is stored from before ${this.#before} (UTC).\n`;
    const archived = `Archived ${entries(this.#written)} to ${visible(this.#place)}`;
    return `${archived}${this.#deletes ? `, deleted ${entries(this.#deleted)}` : ''}.\n`;
  }

  json(): string {
    const { length: failed } = this.#failures;
    const all = { before: this.#before, days: this.#days, written: this.#written, failed };
    return `${JSON.stringify({ ...all, ...(this.#deletes && { deleted: this.#deleted }) })}\n`;
  }

  /** Throws ARCHIVE if a day could not be archived. */
  requireNoFailure(): void {
    const [first, ...others] = this.#failures;
    if (first === undefined) return;
    const more = others.length === 0 ? '' : `, and ${count(others.length)} more`;
    throw new LmsError('ARCHIVE', `${first.message}${more}; nothing of it was deleted`);
  }
}

/** `1,234 entries`. */
export function entries(number: number): string {
  return `${count(number)} ${number === 1 ? 'entry' : 'entries'}`;
}
