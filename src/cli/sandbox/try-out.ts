import { InvalidArgumentError } from 'commander';
import { ledgerReport } from '../../app/ledger-report.ts';
import { createLog } from '../../app/logging.ts';
import { stopSignal } from '../../app/signals.ts';
import type { Settings } from '../../config/settings.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { newRun } from '../../runs/run-ids.ts';
import { paced } from '../../simulator/paced.ts';
import { unlimitedRate } from '../../simulator/rate.ts';
import { testMessages } from '../../simulator/test-messages.ts';
import type { Context } from '../context.ts';
import { ledgerText } from '../output/ledger.ts';
import { count } from '../output/numbers.ts';
import { formatTable } from '../output/table.ts';
import { runSandbox } from './run.ts';
import { openSandbox } from './sandbox.ts';

/** What is tried out: `mock` with the embedded broker, `emu` with the emulator. */
export interface TryOut {
  readonly command: 'mock' | 'emu';
  /** How many messages. */
  readonly quantity: number;
}

/**
 * Publishes test messages, receives and stores them with the embedded database, and shows the rows: what
 * `lms mock` and `lms emu` do.
 */
export async function tryOut(
  settings: Settings,
  { command, quantity }: TryOut,
  context: Context,
): Promise<void> {
  const log = createLog({ level: settings.logLevel, command, output: context.stderr });
  const run = newRun();
  const stop = stopSignal();
  const real = { pubsub: command === 'emu', database: false };
  const sandbox = await openSandbox({ settings, run, real, told: { log } });
  try {
    const supply = paced(testMessages(run), {
      rate: unlimitedRate(Infinity),
      extent: { maxCount: quantity, durationMs: Infinity },
      clock: systemClock,
    });
    const { confirmed } = await runSandbox(sandbox, { supply, stop: stop.signal });
    const rows: string[][] = [];
    for await (const entry of sandbox.store.entries()) {
      const { serviceName, payload, severity, timestamp, createdAt } = entry;
      rows.push([serviceName, payload, severity, timestamp, createdAt]);
    }
    context.stdout.write(
      `Published ${count(confirmed)} messages on ${sandbox.description}.\n\n` +
        `${formatTable(['service_name', 'payload', 'severity', 'timestamp', 'created_at'], rows)}\n` +
        ledgerText(ledgerReport(sandbox.worker.ledger)),
    );
  } finally {
    stop.dispose();
    await sandbox.close();
  }
}

const MAX_QUANTITY = 100_000;

/** Reads the `[qty]` argument. Throws a usage error that commander prints. */
export function quantity(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MAX_QUANTITY) return value;
  throw new InvalidArgumentError(`It should be a whole number from 1 to ${String(MAX_QUANTITY)}.`);
}
