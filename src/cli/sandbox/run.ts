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
 * Runs the stage's worker while the messages of a supply are published, until all that was published was
 * received and stored.
 */
export async function runSandbox<M extends OutgoingMessage>(
  stage: Sandbox,
  part: SandboxRun<M>,
): Promise<PublishAllResult> {
  const over = new AbortController();
  const working = stage.worker.run(over.signal);
  const publisher = new TopicPublisher(stage.clients, stage.settings.topic);
  const feeding = publishAll(part.supply, publisher, {
    signal: part.stop,
    stopTimeoutMs: STOP_TIMEOUT_MS,
    clock: systemClock,
    onConfirmed: (messages) => part.onConfirmed?.(messages),
  });
  // A worker that fails ends the performance before its time.
  const result = await Promise.race([feeding, working.then(() => feeding)]);
  await until(() => stage.worker.ledger.messages >= result.confirmed, ARRIVAL_TIMEOUT_MS);
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
