import { publishAll, type PublishAllResult, type Supply } from '../../agent/publish-all.ts';
import type { OutgoingMessage } from '../../logs/message.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { TopicPublisher } from '../../pubsub/publisher.ts';
import type { Sandbox } from './sandbox.ts';

/** What was published arrives within moments, or something is wrong: the ledger will show it. */
const ARRIVAL_TIMEOUT_MS = 5_000;
const LOOK_MS = 20;
const STOP_TIMEOUT_MS = 2_000;

export interface SandboxRun<M> {
  readonly supply: Supply<M>;
  /** Ends the supply early; what was published is still received and stored. */
  readonly stop: AbortSignal;
  readonly onConfirmed?: (messages: readonly M[]) => void;
}

/**
 * Runs the sandbox's worker while the messages of a supply are published, until all that was published was
 * received and stored.
 */
export async function runSandbox<M extends OutgoingMessage>(
  sandbox: Sandbox,
  { supply, stop, onConfirmed }: SandboxRun<M>,
): Promise<PublishAllResult> {
  const over = new AbortController();
  const working = sandbox.worker.run(over.signal);
  const publisher = new TopicPublisher(sandbox.clients, sandbox.settings.topic);
  const publishing = publishAll(supply, publisher, {
    signal: stop,
    stopTimeoutMs: STOP_TIMEOUT_MS,
    clock: systemClock,
    onConfirmed: (messages) => onConfirmed?.(messages),
  });
  // If the worker fails, so does this: without waiting for the end of the supply.
  const result = await Promise.race([publishing, working.then(() => publishing)]);
  await until(() => sandbox.worker.ledger.messages >= result.confirmed, ARRIVAL_TIMEOUT_MS);
  over.abort();
  await working;
  await publisher.close();
  if (result.error) throw result.error;
  return result;
}

async function until(holds: () => boolean, limitMs: number): Promise<void> {
  const endMs = systemClock.now() + limitMs;
  while (!holds() && systemClock.now() < endMs) {
    await new Promise<void>((resolve) => {
      systemClock.schedule(LOOK_MS, resolve);
    });
  }
}
