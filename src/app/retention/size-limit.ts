import type { Settings } from '../../config/settings.ts';
import type { Log } from '../../pipeline/ports.ts';
import { msOf } from '../../query/answers/column-time.ts';
import type { DeletionFor, SizeMark } from '../../retention/ports.ts';
import { MIN_AGE_HOURS } from '../../retention/size-rule.ts';
import { measure, planSize, runSizeRule, type SizePlan, type SizeRun } from '../../retention/size-run.ts';
import type { OpenedRetention } from './open-retention.ts';

/** What the last rule takes. */
export interface SizeLimitParts {
  readonly opened: Pick<OpenedRetention, 'book' | 'reader' | 'parts' | 'size'>;
  /** The setting RETENTION_MAX_BYTES. */
  readonly maxBytes: number;
  readonly log: Log;
}

/** What was measured, before rules deleted. */
export type MeasuredSize = SizeMark | 'unknown' | 'too few';

/** The last rule of retention: it holds the table of entries to a number of bytes, and says so in the log. */
export class SizeLimit {
  readonly #parts: SizeLimitParts;
  #lookedAtMs: number | undefined;

  constructor(parts: SizeLimitParts) {
    this.#parts = parts;
  }

  /** Undefined if it is not due: so much time is between two runs, whichever process does them. */
  async measuredIfDue(intervalMs: number, signal: AbortSignal): Promise<MeasuredSize | undefined> {
    const { book } = this.#parts.opened;
    const mark = await book.sizeMark();
    // Of what cannot be measured no mark is kept.
    if (
      mark === undefined &&
      this.#lookedAtMs !== undefined &&
      performance.now() - this.#lookedAtMs < intervalMs
    )
      return undefined;
    if (mark !== undefined) {
      const sinceMs = msOf((await book.state()).now) - msOf(mark.seenAt);
      // A clock that was ahead, and is right again, puts off nothing.
      if (sinceMs >= 0 && sinceMs < intervalMs) return undefined;
    }
    return this.measured(signal);
  }

  /** Measures now. `keeps`: whether whoever measures next goes on from it; not where nothing is to be deleted. */
  async measured(signal: AbortSignal, { keeps = true } = {}): Promise<MeasuredSize> {
    const { opened } = this.#parts;
    this.#lookedAtMs = performance.now();
    const parts = { book: opened.book, size: () => opened.size(), reader: await opened.reader(), signal };
    return measure(parts, { keeps });
  }

  /** What would be deleted if so many rows had gone already. */
  async plan(signal: AbortSignal, goneRows: number): Promise<SizePlan> {
    const { opened, maxBytes } = this.#parts;
    const measured = await this.measured(signal, { keeps: false });
    const parts = { reader: await opened.reader(), maxBytes, signal, goneRows };
    return planSize(parts, measured, await opened.book.state());
  }

  /** Deletes what is too much. */
  async run(
    measured: MeasuredSize,
    { lease, signal }: { readonly lease: DeletionFor['lease']; readonly signal: AbortSignal },
  ): Promise<SizeRun> {
    const { opened, maxBytes } = this.#parts;
    const parts = { ...(await opened.parts()), book: opened.book, lease, signal, maxBytes };
    const run = await runSizeRule({ ...parts, size: () => opened.size() }, measured);
    this.#tell(run);
    return run;
  }

  #tell({ plan, deleted, end }: SizeRun): void {
    const { log, maxBytes } = this.#parts;
    if (plan.kind === 'unknown') log.warn({ maxBytes }, UNKNOWN);
    if (plan.kind !== 'exceeds') return;
    const { excess, cut } = plan;
    const fields = { maxBytes, bytes: excess.bytes, deleted, end };
    if (cut === undefined || (end === 'done' && cut.rows < excess.rows)) log.warn(fields, CANNOT);
    else log.warn({ ...fields, before: cut.cutoff, isAll: excess.isAll }, DELETED);
  }
}

/** That of the settings; undefined: there is none. */
export function sizeLimitOf({
  settings,
  ...parts
}: Omit<SizeLimitParts, 'maxBytes'> & {
  readonly settings: Pick<Settings, 'retentionMaxBytes'>;
}): SizeLimit | undefined {
  const { retentionMaxBytes: maxBytes } = settings;
  return maxBytes === undefined ? undefined : new SizeLimit({ ...parts, maxBytes });
}

const UNKNOWN =
  'RETENTION_MAX_BYTES cannot be kept: the size of service_logs is not to be seen (docs/operations.md, Disk that fills)';
const CANNOT = `RETENTION_MAX_BYTES cannot be kept: all that is left is held, or younger than ${MIN_AGE_HOURS} h`;
const DELETED = 'the oldest entries were deleted, because service_logs is larger than RETENTION_MAX_BYTES';
