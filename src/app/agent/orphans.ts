import type { Input, ReadOptions } from '../../agent/ports.ts';
import { FedInput } from '../../agent/sockets/fed-input.ts';
import type { Feed } from '../../agent/sockets/feed.ts';
import { DiskSpool } from '../../agent/spool/disk-spool.ts';
import { type OrphanedSpool, orphanedSpools, spoolDirectory } from '../../agent/spool/spool-directory.ts';
import type { Log } from '../../pipeline/ports.ts';
import type { PlannedInput } from './input-plan.ts';

/** Where spools are, and what is to be done with those that are nobody's. */
export interface OrphanSurroundings {
  readonly stateDirectory: string;
  /** Whether what is in them is sent; else it is said that it is there. */
  readonly orphans: boolean;
  readonly log: Log;
}

/** Nothing more comes. */
const NO_FEED: Feed = {
  isLossy: false,
  isSyslog: false,
  state: 'ended',
  reason: undefined,
  counters: {},
  run: () => Promise.resolve(),
};
const NOTHING_READ: ReadOptions = {
  service: undefined,
  host: '',
  format: 'text',
  multiline: 'off',
  tags: {},
};

/**
 * What inputs have left in their spools that are not named any more, or have no spool any more: as inputs that end with
 * it, or said in the log. Whoever calls has the state directory.
 */
export async function openOrphans(
  planned: readonly PlannedInput[],
  { stateDirectory, orphans, log }: OrphanSurroundings,
): Promise<Input[]> {
  const spooled = planned.filter(({ target, spoolBytes }) => target.kind !== 'files' && spoolBytes > 0);
  const inUse = new Set(spooled.map(({ name }) => spoolDirectory(stateDirectory, name)));
  const inputs: Input[] = [];
  for (const orphan of await orphanedSpools(stateDirectory, inUse)) {
    if (orphans) inputs.push(await openOrphan(orphan, log));
    else
      log.warn(
        { ...orphan },
        'an input that is not named any more has left this in its spool: `lms agent --orphans` sends it, or name it again',
      );
  }
  return inputs;
}

async function openOrphan({ directory, input: name = directory }: OrphanedSpool, log: Log): Promise<Input> {
  const onNotice = (text: string) => {
    log.warn({ input: name }, text);
  };
  return new FedInput(NO_FEED, {
    name,
    kind: 'socket',
    read: NOTHING_READ,
    isHostPeer: false,
    flushPartialMs: undefined,
    spool: await DiskSpool.open({ directory, limit: 1, onNotice }),
  });
}
