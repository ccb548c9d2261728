import { randomInt } from 'node:crypto';
import { publishAll } from '../../agent/publish-all.ts';
import type { Settings } from '../../config/settings.ts';
import { systemClock } from '../../pipeline/clock.ts';
import type { Log } from '../../pipeline/ports.ts';
import type { PubSubClients } from '../../pubsub/client.ts';
import { TopicPublisher } from '../../pubsub/publisher.ts';
import { newRun } from '../../runs/run-ids.ts';
import { paced } from '../../simulator/paced.ts';
import { steadyRate } from '../../simulator/rate.ts';
import { serviceNames } from '../../simulator/services.ts';
import { Simulator } from '../../simulator/simulator.ts';

const SERVICES = 3;
const MAX_SEED = 2 ** 32 - 1;
const FOREVER = { maxCount: Infinity, durationMs: Infinity };

/** Where simulated services publish, and until when. */
export interface SimulationParts {
  readonly settings: Settings;
  readonly clients: PubSubClients;
  readonly log: Log;
  readonly stop: AbortSignal;
}

/** Simulated services that publish so many messages a second, until the stop. A failure is logged. */
export async function simulate(
  { settings, clients, log, stop }: SimulationParts,
  rate: number,
): Promise<void> {
  const run = newRun();
  const seed = randomInt(MAX_SEED);
  const simulator = new Simulator({ run, services: serviceNames(SERVICES), invalidShare: 0, seed });
  const supply = paced((count) => simulator.make(count), {
    rate: steadyRate(rate),
    extent: FOREVER,
    clock: systemClock,
  });
  const publisher = new TopicPublisher(clients, settings.topic);
  const { confirmed, error } = await publishAll(supply, publisher, {
    signal: stop,
    stopTimeoutMs: settings.shutdownTimeoutMs,
    clock: systemClock,
    onConfirmed: () => undefined,
  });
  if (error) log.error({ err: error, run }, 'the simulator failed; everything else goes on');
  log.info({ published: confirmed, run }, 'the simulator has ended');
  await publisher.close();
}
