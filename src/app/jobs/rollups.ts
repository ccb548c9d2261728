import type { StoreTarget } from '../../store/connection-target.ts';
import { Lazy } from '../../store/lazy.ts';
import { openStore } from '../../store/open.ts';
import type { RollupCheck, Store } from '../../store/store.ts';
import type { WorkLease } from '../../store/work-leases.ts';
import type { Job, JobParts } from './job.ts';
import { type LeasedWork, underLease } from './under-lease.ts';

/** Of the job and its lease. */
const ROLLUPS = 'rollups';

/** How often it is looked whether the sums are in use: one short statement. */
const REST_MS = 60_000;
/** Sums that are in use are compared with the counts so often: only what was changed by hand can be wrong. */
const COMPARE_EVERY_MS = 24 * 3_600_000;
/** While an earlier release writes, filling is not worth more of the time than one part in so many. */
const RESTS_PER_FILL = 20;

/** What filling needs besides the store. */
type Filling = Omit<LeasedWork<unknown>, 'name' | 'work'> & { readonly store: Store };

/** Fills the sums once, under the lease of the job; undefined if another process has it. */
export async function fillRollups({ store, ...parts }: Filling): Promise<RollupCheck | undefined> {
  const work = (lease: WorkLease, signal: AbortSignal) => store.fillRollups({ lease, signal });
  return (await underLease({ ...parts, name: ROLLUPS, work }))?.result;
}

/** Opens the store of a job. */
export type OpenJobStore = (target: StoreTarget) => Promise<Store>;

/** Makes the job `rollups`: it sees to it that the sums of counts are right and in use. */
export function makeRollupsJob(
  { settings, log }: JobParts,
  open: OpenJobStore = (target) => openStore(target, { log, create: false }),
): Job {
  return new RollupsJob(() => open(settings.database), log);
}

class RollupsJob implements Job {
  readonly name = ROLLUPS;
  readonly restMs = REST_MS;
  readonly #store: Lazy<Store>;
  readonly #log: JobParts['log'];
  /** By a clock that only goes on; before it, sums that are not in use stay so. */
  #nextFillAtMs = 0;
  #nextCompareAtMs = performance.now() + COMPARE_EVERY_MS;
  #unusedSinceMs: number | undefined;

  constructor(open: () => Promise<Store>, log: JobParts['log']) {
    this.#store = new Lazy(open);
    this.#log = log;
  }

  async run(lease: WorkLease, signal: AbortSignal): Promise<void> {
    const store = await this.#store.opened();
    const inUse = await store.rollupsInUse();
    const beganAtMs = performance.now();
    this.#note(inUse, beganAtMs);
    if (beganAtMs < (inUse ? this.#nextCompareAtMs : this.#nextFillAtMs)) return;
    const filled = await store.fillRollups({ lease, signal });
    const endedAtMs = performance.now();
    this.#nextFillAtMs = endedAtMs + RESTS_PER_FILL * (endedAtMs - beganAtMs);
    this.#nextCompareAtMs = endedAtMs + COMPARE_EVERY_MS;
    this.#note(filled.inUse, endedAtMs);
    if (filled.wrong > 0) this.#log.info({ ...filled }, 'sums of counts were filled or mended');
  }

  /** For how long the sums have not been in use. */
  lagMs(): number | undefined {
    return this.#unusedSinceMs === undefined ? 0 : performance.now() - this.#unusedSinceMs;
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #note(inUse: boolean, atMs: number): void {
    if (inUse) this.#unusedSinceMs = undefined;
    else this.#unusedSinceMs ??= atMs;
  }
}
