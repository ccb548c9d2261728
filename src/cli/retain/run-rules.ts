import type { Command } from 'commander';
import { type LeasedWork, underLease } from '../../app/jobs/under-lease.ts';
import { rulesOfSetting, RulesSetting } from '../../app/retention/rules-setting.ts';
import { type SizeLimit, sizeLimitOf } from '../../app/retention/size-limit.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { type RetentionRun, runRetention } from '../../retention/run.ts';
import type { SizeRun } from '../../retention/size-run.ts';
import { openWorkLeases } from '../../store/open.ts';
import { RETENTION_LEASE, type WorkLease } from '../../store/work-leases.ts';
import type { Context } from '../context.ts';
import { grantsToRetain, withGrants } from '../delete/grants.ts';
import { entriesText } from '../delete/perform.ts';
import { showProgress } from '../output/progress.ts';
import { deletedRows, runJson, runText } from '../output/retention.ts';
import { sizeRunText } from '../output/size-limit.ts';
import { keepOn, restUnless } from './follow.ts';
import { type Retaining, withRetention } from './with-retention.ts';

/** How the rules are to be done. */
export interface RunOptions {
  readonly follow: boolean;
  readonly json: boolean;
  readonly trustsClock: boolean;
}

/** `lms retain`: does the rules in force, once or again and again, under the lease of the job. */
export async function runRules(options: RunOptions, command: Command, context: Context): Promise<void> {
  await withRetention(command, context, async (retaining) => {
    const { settings, log, stop } = retaining;
    const setting = new RulesSetting(rulesOfSetting(settings), log);
    const leases = openWorkLeases(settings.database, { log });
    const work = (lease: WorkLease, signal: AbortSignal) =>
      new Runs({ ...retaining, options, setting, lease, signal }).all();
    const parts = { leases, name: RETENTION_LEASE, clock: systemClock, log, stop: stop.signal, work };
    try {
      if (options.follow) await keepOn(() => underOwnLease(parts), { ...parts, signal: stop.signal });
      else await underOwnLease(parts);
    } catch (error) {
      throw withGrants(error, settings.database, grantsToRetain);
    } finally {
      await leases.close();
    }
  });
}

async function underOwnLease(parts: LeasedWork<void>): Promise<void> {
  if ((await underLease(parts)) === undefined)
    throw new LmsError('LEASE_HELD', 'another process does the rules of retention');
}

/** What runs are made with. */
interface RunsParts extends Retaining {
  readonly options: RunOptions;
  readonly setting: RulesSetting;
  readonly lease: WorkLease;
  /** Aborted at a stop, and once the lease is lost. */
  readonly signal: AbortSignal;
}

const STOPPED: RetentionRun = { end: 'stopped', version: undefined, rules: [] };

class Runs {
  readonly #parts: RunsParts;
  /** As far as the run has come that is under way. */
  #standing: RetentionRun | undefined;
  readonly #limit: SizeLimit | undefined;
  /** What became of the last rule, after the others. */
  #size: SizeRun | undefined;

  constructor(parts: RunsParts) {
    this.#parts = parts;
    this.#limit = sizeLimitOf(parts);
  }

  /** Of this run. */
  get #deleted(): number {
    const byRules = this.#standing === undefined ? 0 : deletedRows(this.#standing);
    return byRules + (this.#size?.deleted ?? 0);
  }

  async all(): Promise<void> {
    const { options, signal } = this.#parts;
    for (;;) {
      const run = await this.#shown();
      if (run.end === 'stopped' && !options.follow)
        throw new LmsError('DELETION_STOPPED', `stopped: ${entriesText(this.#deleted)} deleted`);
      if (!options.follow && run.end !== 'rules changed') return;
      if (run.end !== 'rules changed') await this.#rest(run.version);
      if (signal.aborted) return;
    }
  }

  /** Until the next run is due, or other rules than of this version are in force. */
  async #rest(version: number | undefined): Promise<void> {
    const { signal, settings, opened } = this.#parts;
    const isOver = async () => (await opened.book.state()).ruleSet?.version !== version;
    await restUnless(isOver, { clock: systemClock, ms: settings.retentionIntervalMs, signal });
  }

  async #shown(): Promise<RetentionRun> {
    const { options, context } = this.#parts;
    const read = () => ({ done: this.#deleted });
    const progress = showProgress({ label: 'deleted', read, stderr: context.stderr });
    try {
      const run = await this.#run();
      progress.stop();
      context.stdout.write(options.json ? runJson(run, this.#size) : runText(run) + sizeRunText(this.#size));
      return run;
    } catch (error) {
      // What was being read was given up; nothing had begun.
      if (this.#parts.signal.aborted && !(error instanceof LmsError)) return STOPPED;
      throw withDone(error, this.#standing);
    } finally {
      progress.stop();
    }
  }

  async #run(): Promise<RetentionRun> {
    const { opened, setting, lease, signal, options } = this.#parts;
    this.#standing = undefined;
    this.#size = undefined;
    await setting.apply(opened.book, (await opened.book.state()).ruleSet);
    const measured = await this.#limit?.measured(signal);
    const run = await runRetention({
      ...(await opened.parts()),
      lease,
      signal,
      trustsClock: options.trustsClock,
      watch: (standing) => {
        this.#standing = standing;
      },
    });
    if (measured === undefined || run.end === 'stopped') return run;
    const size = await this.#limit?.run(measured, { lease, signal });
    this.#size = size;
    return size?.end === 'stopped' ? { ...run, end: 'stopped' } : run;
  }
}

/** A failure with what was done before. */
function withDone(error: unknown, run: RetentionRun | undefined): unknown {
  const deleted = run === undefined ? 0 : deletedRows(run);
  if (!(error instanceof LmsError) || deleted === 0) return error;
  const done = `${entriesText(deleted)} deleted until then; the next run goes on with the rest`;
  return new LmsError(error.code, `${error.message}\n${done}`, { cause: error });
}
