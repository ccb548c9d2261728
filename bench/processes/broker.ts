import { type Broker, startBroker } from '../../src/broker/broker.ts';

/** What the benchmark asks of the broker's process. */
export type BrokerQuestion =
  | { readonly id: number; readonly ask: 'hold' | 'release' }
  | { readonly id: number; readonly ask: 'subscription' | 'topic'; readonly name: string };

/** What it answers: the address once it listens, then counts. */
export type BrokerAnswer =
  { readonly id: number; readonly address: string } | ({ readonly id: number } & BrokerCounts);

export interface BrokerCounts {
  readonly consumers: number;
  readonly delivered: number;
  readonly acked: number;
  readonly published: number;
}

const NO_COUNTS: BrokerCounts = { consumers: 0, delivered: 0, acked: 0, published: 0 };

// The embedded broker as a process of its own, with a way to look into it and to hold back deliveries until
// the clock runs.
const broker = await startBroker();
process.on('message', (question: BrokerQuestion) => {
  answer({ id: question.id, ...NO_COUNTS, ...counts(broker, question) });
});
process.on('disconnect', () => {
  process.exit();
});
answer({ id: 0, address: `${broker.host}:${broker.port}` });

function counts({ faults }: Broker, question: BrokerQuestion): Partial<BrokerCounts> {
  switch (question.ask) {
    case 'hold':
      faults.holdDeliveries();
      return {};
    case 'release':
      faults.releaseDeliveries();
      return {};
    case 'subscription':
      return broker.subscriptionStats(question.name);
    case 'topic':
      return { published: broker.published(question.name) };
  }
}

function answer(message: BrokerAnswer): void {
  process.send?.(message);
}
