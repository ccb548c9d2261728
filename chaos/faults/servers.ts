import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import type { Faults, MethodName } from '../../src/broker/faults.ts';
import type { FailedStatus } from '../../src/broker/refusal.ts';
import type { Draw } from '../draw.ts';
import type { Conditions, FaultKind, World } from './fault.ts';

const PASSING = [
  status.UNAVAILABLE,
  status.INTERNAL,
  status.UNKNOWN,
  status.ABORTED,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.CANCELLED,
] as const;
/**
 * What a stream that worked may end with, besides: the client library gives up on these, a worker must not.
 */
const ENDING = [...PASSING, status.NOT_FOUND, status.UNAUTHENTICATED, status.PERMISSION_DENIED] as const;
const LOOK_MS = 20;

const onBroker = ({ pubsub }: Conditions) => pubsub === 'broker';

/**
 * What happens to the servers: MySQL itself, and the broker, whose hooks do what a real one does on a bad
 * day.
 */
export const SERVER_FAULTS: readonly FaultKind[] = [
  {
    name: 'MySQL killed and started again (SIGKILL)',
    weight: 1.2,
    fits: ({ database }) => database === 'server',
    draw: (draw) => {
      const downMs = draw.whole(0, 2_000);
      return { details: `down for ${String(downMs)} ms`, inject: (world) => killMysql(world, downMs) };
    },
  },
  {
    name: 'broker restarted',
    weight: 1.2,
    fits: onBroker,
    draw: (draw) => {
      const downMs = draw.whole(50, 1_500);
      return { details: `down for ${String(downMs)} ms`, inject: (world) => restartBroker(world, downMs) };
    },
  },
  {
    name: 'streams ended by the broker',
    weight: 3,
    fits: onBroker,
    draw: (draw) => {
      const failed = drawStatus(draw, ENDING);
      return {
        details: failed.details,
        inject: ({ broker }) => Promise.resolve((broker?.endStreams(failed) ?? 0) > 0),
      };
    },
  },
  call('acks swallowed', 2, 'Acknowledge', (faults, calls) => {
    faults.swallowAcks(calls);
  }),
  call('acks done but answered with an error', 2, 'Acknowledge', (faults, calls, failed) => {
    faults.loseAnswers('Acknowledge', failed, calls);
  }),
  call('acks refused', 1, 'Acknowledge', (faults, calls, failed) => {
    faults.refuse('Acknowledge', failed, calls);
  }),
  call('lease extensions refused', 0.7, 'ModifyAckDeadline', (faults, calls, failed) => {
    faults.refuse('ModifyAckDeadline', failed, calls);
  }),
  call('new streams refused', 0.7, 'StreamingPull', (faults, calls, failed) => {
    faults.refuse('StreamingPull', failed, calls);
  }),
  call('publishes done but answered with an error', 1, 'Publish', (faults, calls, failed) => {
    faults.loseAnswers('Publish', failed, calls);
  }),
  {
    name: 'messages delivered twice',
    weight: 2,
    fits: onBroker,
    draw: (draw) => {
      const messages = draw.whole(1, 300);
      return {
        details: `${String(messages)} of them`,
        inject: ({ broker }) => {
          broker?.faults.deliverTwice(messages);
          return Promise.resolve(true);
        },
      };
    },
  },
  {
    name: 'all leases expired at once',
    weight: 1,
    fits: onBroker,
    draw: () => ({
      details: '',
      inject: ({ broker, subscription }) => {
        const held = broker?.subscriptionStats(subscription).outstanding ?? 0;
        broker?.expireLeases(subscription);
        return Promise.resolve(held > 0);
      },
    }),
  },
];

/** Plans a fault of the broker's next calls of a method, and waits until they were made. */
function call(
  name: string,
  weight: number,
  method: MethodName,
  plan: (faults: Faults, calls: number, failed: FailedStatus) => void,
): FaultKind {
  return {
    name,
    weight,
    fits: onBroker,
    draw: (draw) => {
      const calls = draw.whole(1, 4);
      const failed = drawStatus(draw, PASSING);
      return {
        details: `${String(calls)} of ${method}, ${failed.details}`,
        inject: async ({ broker }, over) => {
          if (broker === undefined) return false;
          plan(broker.faults, calls, failed);
          while (broker.faults.planned(method) > 0 && !over.aborted) await delay(LOOK_MS);
          return broker.faults.planned(method) === 0;
        },
      };
    },
  };
}

function drawStatus(draw: Draw, codes: readonly status[]): FailedStatus {
  const code = draw.pick(codes);
  return { code, details: `${status[code]} from chaos` };
}

/** One at a time: a server that is down cannot be killed. */
let mysqlTurn: Promise<unknown> = Promise.resolve();

function killMysql({ database: { server } }: World, downMs: number): Promise<boolean> {
  const turn = mysqlTurn.then(async () => {
    if (server === undefined) return false;
    await server.kill();
    await delay(downMs);
    await server.start();
    return true;
  });
  mysqlTurn = turn;
  return turn;
}

let brokerTurn: Promise<unknown> = Promise.resolve();

function restartBroker({ broker }: World, downMs: number): Promise<boolean> {
  const turn = brokerTurn.then(async () => {
    if (broker === undefined) return false;
    await broker.pause();
    await delay(downMs);
    await broker.resume('kept');
    return true;
  });
  brokerTurn = turn;
  return turn;
}
