import { LmsError } from '../../errors/catalogue.ts';
import { Ledger } from '../../pipeline/ledger.ts';
import { settingsOfWorker } from '../health.ts';
import { ledgerReport } from '../ledger-report.ts';
import { createLog } from '../logging.ts';
import { reportFailure } from '../report-failure.ts';
import { runWorker } from '../run-worker.ts';
import { stopSignal } from '../signals.ts';
import { isOrder, type WorkerMessage, type WorkOrder } from './messages.ts';

/*
 * The program that a supervisor starts for each of its workers. It works until it is told to stop, by an
 * order or by a signal, or until its supervisor is gone.
 */

const context = { env: process.env, stderr: process.stderr };
process.on('uncaughtException', (error) => process.exit(reportFailure(error, context)));
// A worker goes on with its work when whoever read its log lines has gone.
process.stderr.on('error', () => undefined);

let ledger = new Ledger();
const stop = stopSignal();
const told = new AbortController();
const ordered = Promise.withResolvers<WorkOrder | undefined>();

process.on('message', (message) => {
  if (!isOrder(message)) return;
  if (message.kind === 'work') ordered.resolve(message);
  if (message.kind === 'stop') told.abort();
  if (message.kind === 'ledger') void tell({ kind: 'ledger', report: ledgerReport(ledger) });
});
process.on('disconnect', () => {
  told.abort();
  ordered.resolve(undefined);
});

const order = await ordered.promise;
process.exit(order === undefined ? 0 : await work(order));

/** Works to the end; resolves to the exit status. */
async function work({ worker, settings, create }: WorkOrder): Promise<number> {
  process.title = `lms mon worker ${String(worker)}`;
  const log = createLog({ level: settings.logLevel, command: 'mon', worker, output: process.stderr });
  try {
    await runWorker({
      settings: settingsOfWorker(settings, worker),
      create,
      log,
      stop: AbortSignal.any([stop.signal, told.signal]),
      watchesStorage: worker === 1,
      started: (own) => {
        ledger = own;
        void tell({ kind: 'started' });
      },
      ended: async () => {
        await tell({ kind: 'ended', report: ledgerReport(ledger) });
      },
    });
    return 0;
  } catch (error) {
    if (!(error instanceof LmsError)) return reportFailure(error, context);
    const { code, message } = error;
    // The supervisor reports the error. If it is gone, this process does.
    return (await tell({ kind: 'failed', code, message })) ? error.exitStatus : reportFailure(error, context);
  }
}

/** Resolves to whether the supervisor could be told. */
function tell(message: WorkerMessage): Promise<boolean> {
  return new Promise((resolve) => {
    process.send?.(message, (error: Error | null) => {
      resolve(error === null);
    });
  });
}
