import type { RestoredDay } from '../../app/archive/restore.ts';
import type { RestorePlan } from '../../app/archive/restore-plan.ts';
import type { RefusedEntry } from '../../app/archive/row-writer.ts';
import type { Unreadable } from '../../archive/archive.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { entryId } from '../../logs/entry-id.ts';
import { rfc3339 } from '../../logs/entry-json.ts';
import type { Hold } from '../../retention/ports.ts';
import { visible } from '../../text/visible.ts';
import { count } from '../output/numbers.ts';
import { entries } from './report.ts';

/** What would be restored, a line or an object a day, and one for all. */
export function planText({ days, rows, unreadable, time }: RestorePlan, json: boolean): string {
  if (json) {
    const all = {
      rows,
      from: rfc3339(time.from),
      to: rfc3339(time.to),
      unreadable: unreadable.map(({ name }) => name),
    };
    const each = days.map((day) => ({ day: day.day, rows: day.rows, parts: day.parts.length }));
    return [...each, all].map((line) => `${JSON.stringify(line)}\n`).join('');
  }
  const lines = days.map((day) => `${day.day}  up to ${entries(day.rows)}`);
  return [...lines, `Would restore up to ${entries(rows)}.`].map((line) => `${line}\n`).join('');
}

/** What is told of a restore, day by day and of all. */
export class RestoreReport {
  readonly place: string;
  readonly #isJson: boolean;
  #stored = 0;
  #duplicates = 0;
  #damaged = 0;
  #refused = 0;

  constructor(place: string, isJson: boolean) {
    this.place = place;
    this.#isJson = isJson;
  }

  /** What became of a day. */
  day(day: RestoredDay): string {
    this.#stored += day.stored;
    this.#duplicates += day.duplicates;
    this.#damaged += day.damaged.length;
    this.#refused += day.refused.length;
    return this.#isJson ? dayJson(day) : dayLines(day);
  }

  /** What became of all, and until when it is held. */
  summary(hold: Hold | undefined): string {
    if (this.#isJson) {
      const sums = {
        stored: this.#stored,
        duplicates: this.#duplicates,
        refused: this.#refused,
        damaged: this.#damaged,
      };
      return `${JSON.stringify({ ...sums, ...(hold && { held_until: rfc3339(hold.until) }) })}\n`;
    }
    const restored = `Restored ${entries(this.#stored)} from ${visible(this.place)}`;
    const there = this.#duplicates === 0 ? '' : `, ${count(this.#duplicates)} were there already`;
    const held =
      hold === undefined ? '' : ` Retention leaves that time alone until ${hold.until.slice(0, 16)} (UTC).`;
    return `${restored}${there}.${held}\n`;
  }

  /** Throws ARCHIVE if something of the archive could not be read, DATABASE_FAILED if entries were refused. */
  requireWhole({ unreadable }: RestorePlan): void {
    const files = this.#damaged + unreadable.length;
    if (files > 0) {
      const first = unreadable.map(unreadableText).slice(0, 1);
      const what =
        files === 1
          ? 'a file is damaged: what it should hold is not restored'
          : `${count(files)} files are damaged: what they should hold is not restored`;
      throw new LmsError('ARCHIVE', [what, ...first].join('; '));
    }
    if (this.#refused > 0)
      throw new LmsError(
        'DATABASE_FAILED',
        `the database refused ${entries(this.#refused)}; all others are restored`,
      );
  }

  stopped(): LmsError {
    return new LmsError(
      'RESTORE_STOPPED',
      `stopped: ${entries(this.#stored)} of whole days restored until then`,
    );
  }
}

function dayLines({ day, stored, duplicates, damaged, refused }: RestoredDay): string {
  const there = duplicates === 0 ? '' : `, ${count(duplicates)} there already`;
  return [
    `${entries(stored)} restored${there}`,
    ...damaged.map(({ message }) => `not restored: ${visible(message)}`),
    ...refused.map((each) => `refused by the database: ${refusedText(each)}`),
  ]
    .map((line) => `${day}  ${line}\n`)
    .join('');
}

function dayJson({ day, stored, duplicates, damaged, refused }: RestoredDay): string {
  return `${JSON.stringify({
    day,
    stored,
    duplicates,
    damaged: damaged.map(({ message }) => message),
    refused: refused.map(({ entry, reason }) => ({ id: entryId(entry), reason })),
  })}\n`;
}

function refusedText({ entry, reason }: RefusedEntry): string {
  return `${entryId(entry)}: ${visible(reason)}`;
}

function unreadableText({ name, error }: Unreadable): string {
  return error instanceof Error ? error.message : `${name} cannot be read`;
}
